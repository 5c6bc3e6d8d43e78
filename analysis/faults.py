"""What can be wrong with a file of data, and what to do about it, in both languages."""

from __future__ import annotations

from typing import NamedTuple

from analysis.model import Severity, Term


class Fault(NamedTuple):
    """One mistake in a file of data: where it is, what it is, what to do."""

    file: str
    line: int | None
    column: str
    value: str
    problem: Term
    remedy: Term
    sheet: str = ""
    cell: str = ""
    severity: Severity = Severity.error
    kind: str = ""

    def __str__(self) -> str:
        """Return the fault as a sentence in either language."""
        line = f", sheet {self.sheet}" if self.sheet else ""
        line += f", line {self.line}" if self.line else ""
        column = f", column {self.column}" if self.column else ""
        if self.cell:
            column = f", cell {self.cell}" + (f" ({self.column})" if self.column else "")
        shown = f": '{self.value}'" if self.value else ""
        place = f"{self.file}{line}{column}{shown}"
        return f"{place}: {self.problem.en}. {self.remedy.en}.\n    {self.problem.zh}。{self.remedy.zh}。"


# each fault: what is wrong, then what to do; words in braces are filled in
_MESSAGES: dict[str, tuple[Term, Term]] = {
    "no_report": (Term("{place} 里没有这个文件", "no such file in {place}"),
                  Term("请给出报告文件夹，或其中之一：{known}", "Give a report's folder, or one of: {known}")),
    "no_figures": (Term("没有这个文件", "no such file"), Term("每个公布的数字写一行", "Write one row for each published figure")),
    "not_toml": (Term("读不了（{error}）", "cannot be read ({error})"), Term("请存为 UTF-8 编码的 TOML", "Save it as TOML in UTF-8")),
    "not_csv": (Term("读不了（{error}）", "cannot be read ({error})"),
                Term("请另存为“CSV UTF-8（逗号分隔）”", "Save it as CSV in UTF-8")),
    "no_key": (Term("缺少这一项", "is missing"), Term('请加一行 {key} = "…"', 'Add a line {key} = "…"')),
    "level": (Term("不是已知的可信度", "is not a known level"), Term("可用的有：{known}", "Use one of: {known}")),
    "key": (Term("不是已知的项", "is not a known key"), Term("已知的有：{known}", "Known keys: {known}")),
    "date": (Term("不是日期", "is not a date"), Term("请写成 2018-02-28，或删去", "Write it as 2018-02-28, or leave it out")),
    "too_many_cells": (Term("单元格比首行多", "has more cells than the first line"), Term("含逗号的值请加引号", "Put a value with a comma in quotes")),
    "no_column": (Term("缺少这一列", "this column is missing"), Term("请在首行加上", "Add it to the first line")),
    "column": (Term("不是已知的列", "is not a known column"), Term("已知的有：{known}", "Known columns: {known}")),
    "code": (Term("不是已知的代码", "is not a known code"), Term("可用的有：{known}", "Use one of: {known}")),
    "empty": (Term("是空的", "is empty"), Term("请填上，或删去这一行", "Fill it in, or delete the row")),
    "twice": (Term("出现了两次", "stands twice"), Term("请只留一行，或换一个代码", "Keep one row, or give one of them another code")),
    "nowhere": (Term("不在{where}里", "is not in {where}"), Term("请用{where}里的代码", "Use a code of {where}")),
    "nowhere_near": (Term("不在{where}里，那里最像的是“{near}”", "is not in {where}, where '{near}' is most like it"),
                     Term("是同一个就写成一样，不是就补进{where}", "Write it the same way if it is that one; if not, add it to {where}")),
    "number": (Term("不是数字", "is not a number"),
               Term("只写数字，不带逗号、文字和单位；“约”“近”等写在 relation 列",
                    "Write the digits alone, without commas, words or unit; words go to the column relation")),
    "line_twice": (Term("出现了两次", "stands twice"), Term("请只留一行", "Keep one row")),
    "no_actions": (Term("里没有任务单的行", "has no rows of an action list"), Term("请交回用本工具写出的任务单", "Hand back the workbook that was written by `analysis actions`")),
    "no_headings": (Term("这张表缺了一个表头", "this sheet has lost a heading"), Term("请恢复“编号（勿改）”和“完成日期”两个表头", "Restore both headings, of the code and of the day")),
    "not_of_list": (Term("不是任务单里的编号", "is no code of the action list"),
                    Term("请恢复原来的编号；若台账后来改过、已不再列此事，删去这一行",
                         "Restore the code as it was; where the ledger was corrected since and no longer asks for it, delete the row")),
    "no_file": (Term("没有这个文件", "no such file"), Term("请检查路径", "Check the path")),
    "score": (Term("不是数字", "is not a number"), Term("只写数字，大的在先", "Write the digits alone; more comes first")),
    "scale": (Term("不是已知的倍数", "is not a known scale"), Term("请写 1 或 10000，或留空", "Use 1 or 10000, or leave it empty")),
    "quantity": (Term("不是已知的指标，也没有自己的单位和名称", "is not a known quantity and has no unit or name of its own"),
                 Term("请填 unit、name_zh、name_en，或用已知的 key：{known}", "Fill in unit, name_zh and name_en, or use a known key: {known}")),
    "other_unit": (Term("不是 {key} 的单位", "is not the unit of {key}"), Term("请留空，或写 {unit}", "Leave it empty, or write {unit}")),
    "not_whole": (Term("计数却不是整数", "is not a whole number, but counts"),
                  Term("请写整数；以万计的，scale 写 10000", "Write a whole number, or scale 10000 for 万")),
    "no_total": (Term("分项没有写明属于哪个总数", "names a breakdown of nothing"), Term("请在 part_of 填上总数的 key", "Fill in part_of with the key of the total")),
    "units_differ": (Term("总数以“{whole}”计，分项以“{part}”计", "counts {whole}, its part {part}"), Term("请填单位相同的总数", "Name a total of the same unit")),
    "own_part": (Term("写成了自己的一部分", "is a part of itself"), Term("请填它所属的总数", "Name the total that it is a part of")),
    "list_number": (Term("不是整数", "is not a whole number"),
                    Term("请写报告中的编号，或留空", "Write the number that the report's list gives it, or leave it empty")),
    "no_link": (Term("{source}不能连到{target}", "a {source} cannot be linked to a {target}"),
                Term("原因连到问题，对策连到原因或问题", "Link causes to problems, and measures to either")),
    "link_twice": (Term("从 {source} 来的这条关联出现了两次", "the link from {source} stands twice"), Term("请只留一行", "Keep one row")),
    "unknown_quantity": (Term("不是已知的指标", "is not a known quantity"), Term("可用的有：{known}", "Use one of: {known}")),
    "share_of_count": (Term("写成了比例，而这个指标是计数", "is a share, but the quantity is a count"), Term("请填计数", "Write the count")),
    "cell_type": (Term("不是{type}", "is not of the type '{type}'"), Term("请改正，或留空表示不知道", "Correct it, or leave it empty where it is not known")),
    "negative": (Term("是负数", "is negative"), Term("请填实有数，或留空表示不知道", "Write how many there are, or leave it empty where it is not known")),
    "percent": (Term("不在 0 到 100 之间", "is not between 0 and 100"), Term("请填百分数，如 85", "Write it as per cent, as 85")),
    "after": (Term("晚于统计时点 {as_of}", "is later than the day of the count, {as_of}"), Term("请改正日期或统计时点", "Correct the date, or the day of the count")),
    "until_before": (Term("早于“{of}”，或后者是空的", "is earlier than '{of}', or that is empty"),
                     Term("请填这个日期最晚可能是哪一天，或留空", "Give the last day that this date may be, or leave it empty")),
    "done_day": (Term("不是办完的日期", "is not a day on which it was done"),
                 Term("请写哪天办完，如 2024-12-31，只知道月份写 2024-12；还没办完才留空",
                      "Write the day on which it was done, as 2024-12-31, or 2024-12 where only the month is known; leave it empty only where it is not done")),
    "done_early": (Term("早于清单的统计时点 {as_of}", "is earlier than the day of the list, {as_of}"),
                   Term("请核对日期；那时已经办完的，请记入台账", "Correct the date; what was done by then belongs in the ledger")),
    "no_settings": (Term("没有这个文件", "no such file"), Term("请给出设定文件，或不给而用默认值", "Name a file of settings, or none for the defaults")),
    "too_few_criteria": (Term("多于清单上的条件数 {count}", "is more than the criteria on the list, {count}"), Term("请减少，或在 weak 里多列几条", "Lower it, or list more criteria in weak")),
    "setting": (Term("不是可用的设定", "is not a setting that can be used"),
                Term("请写不超过 {most} 的整数；limits 里写规则代码与整数，规则有：{known}",
                     "Write a whole number up to {most}; below limits, a rule's code and a whole number. Rules: {known}")),
    "not_printed": (Term("不是报告里的数字写法", "is not a number that a report prints"),
                    Term("请写数字，如 42 或“约40”", "Write a number, as 42 or 'about 40'")),
    "no_ledger": (Term("没有这个文件或文件夹", "no such file or folder"),
                  Term("请给出 .xlsx 工作簿、.csv 或 .parquet 文件，或存放它们的文件夹", "Give a workbook (.xlsx), a .csv or .parquet file, or a folder of these")),
    "no_kind": (Term("不是能读的文件类型", "is not a kind of file that can be read"),
                Term("请另存为 .xlsx，或“CSV UTF-8（逗号分隔）”", "Save it as .xlsx, or as CSV in UTF-8")),
    "no_tables": (Term("里面没有台账", "holds no ledger"),
                  Term("请放入 organisations.csv 或 branches.csv（或 .parquet）；工作簿请直接给出文件名",
                       "Put organisations.csv or branches.csv (or .parquet) there; give a workbook by its own name")),
    "not_workbook": (Term("读不了：不是工作簿，或已损坏（{error}）", "cannot be read: no workbook, or a damaged one ({error})"),
                     Term("请用表格软件打开，另存为 .xlsx", "Open it in a spreadsheet program and save it as .xlsx")),
    "too_large": (Term("占了 {rows} 行、{columns} 列，太大了", "takes {rows} rows and {columns} columns, which is too much"),
                  Term("请删去表格以外的行和列，再保存", "Delete the rows and columns outside the table, and save it again")),
    "not_parquet": (Term("读不了（{error}）", "cannot be read ({error})"), Term("请重新导出，或存为 CSV", "Export it again, or save it as CSV")),
    "mixed": (Term("两张表一张是 CSV，一张是 Parquet", "one table is CSV, the other Parquet"), Term("请把两张表存成同一类文件", "Save both as the same kind of file")),
    "two_tables": (Term("又是一张“{table}”，已有 {other}", "is one more table of {table}, beside {other}"), Term("请合并，只留一张", "Put them into one")),
    "no_sheet": (Term("没有组织表，也没有支部表", "has no sheet of organisations or branches"),
                 Term("请把工作表命名为“{names}”，列名写在第一行", "Name the sheets {names}, with the headings in the first row")),
    "no_cells": (Term("没有找到表格：是空的", "no table found: it is empty"), Term("请给出台账所在的文件", "Give the file that the ledger is in")),
    "no_columns": (Term("没有找到表格：每行只有一格，像是文章", "no table found: no row has more than one cell, as prose has"), Term("请给出表格；文字请先整理成表", "Give a table; put prose into one first")),
    "which_table": (Term("从列名看不出是组织表还是支部表", "has headings that do not tell whether it holds organisations or branches"),
                    Term("请把列名写在首行，文件命名为 organisations 或 branches", "Put the headings first, and name the file organisations or branches")),
    "no_rows": (Term("一行内容也没有", "has no rows"), Term("请在列名下面填写；只有支部时，删去这张表", "Fill it in below the headings; with branches alone, take this table out")),
    "no_heading": (Term("缺少“{missing}”这一列", "has no column '{missing}'"), Term("请在列名一行加上", "Add it to the headings")),
    "heading_twice": (Term("这一列出现了两次，另一处在 {other}", "this column stands twice, also at {other}"), Term("请只留一列", "Keep one of them")),
    "example_row": (Term("示例行已改过内容，编号却还写着示例", "the example row was changed, but still has the example's number"),
                    Term("是自己的数据，请改编号；不是，请删去这一行", "If it is data, change the number; if not, delete the row")),
    "digits_lost": (Term("是超过 15 位的数字，末几位已被表格软件改成 0", "is a number of more than 15 digits, the last of which a spreadsheet makes 0"),
                    Term("请把这一列设为“文本”，重新输入", "Format the column as text and type it again")),
    "not_count": (Term("不是整数", "is not a whole number"),
                  Term("请只写数字，如 12；不知道就留空", "Write the digits alone, as 12; leave it empty where it is not known")),
    "not_amount": (Term("不是数字", "is not a number"),
                   Term("请只写数字，如 3000；不知道就留空", "Write the digits alone, as 3000; leave it empty where it is not known")),
    "not_share": (Term("不是百分数", "is not a percentage"), Term("请写 85 或 85%；不知道就留空", "Write 85 or 85%; leave it empty where it is not known")),
    "share_or_percent": (Term("看不出是百分数还是比例：表格软件会把 85% 存成 0.85", "may be a share or per cent: a spreadsheet stores 85% as 0.85"),
                         Term("85% 请写 85；真是 0.85% 的，请写成文本 0.85%", "For 85% write 85; for 0.85% write 0.85% as text")),
    "typed_unit": (Term("每个数按列名里的单位乘以 {factor}", "has a unit in its heading: each number is multiplied by {factor}"), Term("不对就改列名", "If that is wrong, change the heading")),
    "fractions": (Term("整列没有一个大于 1 的数，按比例读：0.93 是 93%", "has no number above 1: read as shares, 0.93 as 93%"),
                  Term("若真是 0.93%，请写成文本 0.93%", "If it is 0.93%, write 0.93% as text")),
    "not_yes_no": (Term("不是“是”或“否”", "is neither yes nor no"), Term("请填“是”或“否”；不知道就留空", "Write yes or no; leave it empty where it is not known")),
    "not_day": (Term("不是日期", "is not a date"), Term("请写成 2011-06-01，只知道年月就写 2011-06；不知道就留空", "Write it as 2011-06-01, or 2011-06; leave it empty where it is not known")),
    "file_too_large": (Term("超过 {limit}，太大了", "is larger than {limit}"),
                       Term("请分成几个文件，或删去图片和用不到的表", "Split it, or take out pictures and sheets that are not needed")),
    "unpacked_too_large": (Term("解压后超过 {limit}，太大了", "takes more than {limit} when unpacked"),
                           Term("请用表格软件打开，删去图片和用不到的表，另存一份", "Open it in a spreadsheet program, take out what is not needed, and save it anew")),
    "too_many_sheets": (Term("有 {count} 张表，最多读 {limit} 张", "has {count} sheets, of which {limit} at most are read"),
                        Term("请把要用的表另存为一个文件", "Save the sheets that are needed in a file of their own")),
    "password": (Term("有密码，读不了", "is protected by a password"),
                 Term("请用表格软件打开，去掉密码，再保存", "Open it in a spreadsheet program, remove the password, and save it")),
    "no_table": (Term("是网页，里面没有表格", "is a web page without a table"),
                 Term("可能是登录或出错的页面：请打开看一看，重新导出", "It may be a login or error page: look at it, and export it again")),
    "no_heading_above": (Term("上面没有列名，没有读入", "has no heading and was not read"), Term("请补列名，或删去", "Write a heading above it, or delete it")),
    "two_ticked": (Term("同一行打了两个勾，另一个是“{other}”", "is ticked, and so is '{other}' in the same row"), Term("请只留一个", "Tick one of them")),
    "leaf_unknown": (Term("这一栏打勾是什么意思不知道，在这里打勾的各行没有读入", "is a column to tick of which it is not known what it means: rows ticked here are not read"),
                     Term("请在对应表这一行的 word 写“{word}”，means 写代码；不读就在 reads 写 -", "In its line of the mapping write '{word}' as word and a code as what it means, or - as what it reads")),
    "tick_unknown": (Term("勾打在意思不明的一栏里", "is ticked in a column of which it is not known what it means"),
                     Term("请在对应表里写明这一栏在 {reads} 中的代码，或改勾别的一栏", "Say in the mapping which code of {reads} it is, or tick another column")),
    "also_differs": (Term("同一行另一列的用词说的是“{other}”", "is not what the word in another column of the row says, '{other}'"),
                     Term("请改正其一；在此之前按不知道处理", "Correct one of them; until then it is left unknown")),
    "ditto_nothing": (Term("上面没有可以照抄的格", "repeats the cell above, and there is none"), Term("请写出内容；不知道就留空", "Write what it is; leave it empty where it is not known")),
    "formula_error": (Term("是公式出错的结果", "is the error of a formula"), Term("请改正公式，或改成数值", "Mend the formula, or write the value")),
    "doubtful_cell": (Term("{rule}：读作“{became}”", "{rule}: read as '{became}'"), Term("请核对；写成确定的值就不再提示", "Look again; a plain value is not asked about")),
    "doubtful_heading": (Term("像是“{like}”（{reads}），没有读入", "resembles '{like}' ({reads}) and was not read"),
                         Term("请在对应表的 reads 一栏写明，不读就写 -", "Say which in the mapping's column reads, or - to leave it out")),
    "total_differs": (Term("合计行与各行之和 {total} 不符", "is not the sum of the rows, {total}"), Term("请核对合计，或查有无漏行", "Check the total, or whether rows are missing")),
    "branch_denied": (Term("写明没有党组织，却填了党组织的内容", "is filled although the row says that there is no Party organisation"),
                      Term("请改正其一；这一行不计党组织", "Correct one of them; no Party organisation is counted here")),
    "branch_word": (Term("不像党组织的名称，照名称读入，记为有党组织", "does not read as the name of a Party organisation, and is read as one all the same"),
                    Term("没有党组织的请写“无”；联合、挂靠的请写那个党组织的名称", "Write 无 where there is none; where it is shared or attached, the name of that Party organisation")),
    "whose_election": (Term("是换届日期，但这张表没有写党组织：可能是理事会的换届，没有读入", "is the day of an election on a sheet that tells of no Party organisation: perhaps the council's own; it was not read"),
                       Term("若是党组织的，请加一列党组织名称或是否建立党组织；若不是，请在对应表里把这一列写作 -", "If it is of the Party organisation, add a column with its name, or whether there is one; if not, write - for this column in the mapping")),
    "branch_unnamed": (Term("党组织没有写名称，又不是（或看不出是）本组织单独的，没有记成支部，这一行关于它的内容也没有读入", "tells of a Party organisation without a name that is not, or not surely, the body's own: no branch was made of it, nor is what the row says of it read"),
                       Term("请填党组织名称；几家同属一个的写同一个名称", "Give its name, the same one for all bodies that share it")),
    "branch_differs": (Term("同一支部在另一行写的是“{other}”", "another row says '{other}' of the same branch"), Term("请改正其一；在此之前按不知道处理", "Correct one of them; until then it is left unknown")),
    "uncomputed": (Term("有 {count} 个公式没有算出的值，读作空", "and {count} formulas in all have no stored value and read as empty"),
                   Term("请用表格软件打开、保存一次", "Open it in a spreadsheet program and save it once")),
    "hidden_sheet": (Term("是隐藏的工作表，没有读入", "is a hidden sheet and was not read"), Term("要读入就取消隐藏", "Unhide it to have it read")),
    "mapping_unused": (Term("对应表里的这一列在台账里找不到", "is in the mapping, but not in the ledger"), Term("请按台账的列名改正，或删去这一行", "Write the heading as the ledger has it, or delete the line")),
    "no_mapping": (Term("没有这个对应表文件", "no such file"), Term("先用 --save-mapping 保存一份", "Save one first, with --save-mapping")),
    "file_unread": (Term("没有读入：文件夹里有名为组织、支部的文件，只读那些", "was not read: the folder has files named organisations or branches, and only those are"),
                    Term("要读入，请另放一个文件夹，或改那些文件的名称", "To have it read, put it into another folder, or rename those files")),
    "file_of_no_kind": (Term("没有读入：不是能读的文件类型", "was not read: it is of no kind that is read"),
                        Term("里面若有台账，请另存为这些类型之一：{known}", "If it holds a ledger, save it as one of these: {known}")),
    "sheet_unread": (Term("没有认出组织名称或支部名称一列，没有读入", "has no column of names that is known, and was not read"),
                     Term("若是台账，请在对应表里写明哪一列是名称", "If it is of the ledger, say in the mapping which column holds the names")),
    "summary_sheet": (Term("名称都是乡镇，像是汇总表，没有读入", "names townships throughout, as a summary does, and was not read"), Term("若是台账，请补上组织名称", "If it is of the ledger, give the names of the bodies")),
    "summary_counts": (Term("数的是有几家组织，像是汇总表，这张工作表没有读入", "counts organisations, as a summary does: the sheet was not read"),
                       Term("若每行是一家组织，请改列名，或在对应表里写明哪一列是名称", "If each row is one organisation, change the heading, or say in the mapping which column holds the names")),
    "form_sheet": (Term("名称一列里是栏目名：这是一家一页的登记表，或行列颠倒的表", "is a heading among the names: this is a form of one organisation, or a table with rows and columns exchanged"),
                   Term("请改成一家组织一行、栏目名在第一行的表；不是台账的工作表，在对应表的 rows 写 -", "Make it a table with one row an organisation and the headings above; for a sheet that is of no ledger, write - as its rows in the mapping")),
    "side_by_side": (Term("是另一张表的名称列，第一张的在 {other}：两张表左右并排，同一行的未必是同一家", "holds the names of another table, beside the one at {other}: what stands in one row need not belong together"),
                     Term("请把它们分成两张工作表；确是同一行的，删去右边的序号或中间的空列", "Put each on a sheet of its own; if the rows do belong together, delete the numbers on the right, or the empty column between")),
    "place_named": (Term("是乡镇名称，却与各组织并列，当作一家组织读入；可能是小计", "is the name of a township among those of bodies and is read as one; it may be a sum"),
                    Term("是小计或分组，请让各数等于下面各行之和，或只留名称、删去数；是组织，请写全称", "If it is a sum or a group, let its numbers be those of the rows below, or leave the name alone; if it is a body, write its full name")),
    "table_below": (Term("从这一行起是另一张表，没有读入", "begins another table: from here on nothing was read"),
                    Term("与台账有关的，请放到单独的工作表", "If it is of the ledger, put it on a sheet of its own")),
    "two_headers": (Term("又是一行列名：一张工作表里有两张表", "is one more row of headings: there are two tables on the sheet"),
                    Term("请把它们分成两张工作表", "Put them on two sheets")),
    "mapping_twice": (Term("这一列在对应表里有两种说法", "is told to be two things"), Term("请只留一行", "Keep one line")),
    "word_reads": (Term("写了 word，却没有写它在哪一列", "has a word, but not the column that it is in"), Term("请在 reads 写台账的列，如 organisations/coverage", "Write the column as reads, as organisations/coverage")),
    "mapping_letters": (Term("对应表里有几行说的是这个列名，列号都对不上，没有采用", "is in several lines of the mapping, none of them with its letter: none was used"),
                        Term("请改正 column 一栏的列号", "Correct the letter in the column 'column'")),
    "mapping_personal": (Term("这一列是个人信息，不能读作文字", "holds persons, and cannot be read as text"), Term("请把 reads 写成 -", "Write - as what it reads")),
    "column_of_names": (Term("这一列像是人名，没有读入", "looks like a column of persons' names and was not read"),
                        Term("若确实不是，请在对应表里写明", "If it is not, say in the mapping what it is")),
    "row_unread": (Term("这一行只在没有读入的列里有内容，没有读入", "stands in a row that has nothing in a column that is read"), Term("请核对", "Look again")),
    "rows_left_out": (Term("不是数据的行：{rows}", "has rows that are no data: {rows}"), Term("如有不对，请核对", "Look again if one of them is")),
    "other_number": (Term("同名的行在另一张表里编号不同，没有合并", "has another number than the row of the same name on another sheet: they were not joined"), Term("请核对", "Look again")),
    "own_shared": (Term("写的是单独组建，而 {other} 也单独用同一个支部", "is said to have a branch of its own, which {other} says, too, of the same branch"), Term("请核对：同属一个支部的是联合组建", "Look again: bodies that share a branch have a joint one")),
    "coverage_form": (Term("与所属支部的组建形式“{form}”不合", "does not fit the form of its branch, '{form}'"), Term("请核对这两处", "Check both")),
    "committee": (Term("建制为党委，所属组织的党员合计只有 {members}", "is a committee, but the members of its bodies are {members} in all"), Term("请核对建制", "Check the level")),
    "header_rows": (Term("不是行号", "is no range of rows"), Term("表头在第 3 到 5 行就写 3-5，不读这张表就写 -", "Write 3-5 for a header in rows 3 to 5, or - to leave the sheet out")),
    "reads": (Term("不是台账的列", "is not a column of the ledger"), Term("请写成 organisations/staff 这样，见 docs/ledger.zh-CN.md；不读就写 -", "Write it as organisations/staff, as in docs/ledger.md, or - to leave it out")),
    "unit_in_title": (Term("取作没有写单位的金额列的单位：{columns}", "is taken as the unit of the amounts that name none: {columns}"), Term("不对就在列名里写明，如（元）", "If it is not, write the unit into the heading, as （元）")),
    "units_in_title": (Term("表头上方写了几种金额单位，没有写单位的金额列按元读：{columns}", "are several units of money above the table: amounts that name none are read as yuan: {columns}"), Term("请在列名里写明单位，如（万元）", "Write the unit into the heading, as （万元）")),
    "day_in_title": (Term("取作统计时点", "is taken as the day of the count"), Term("不对就用 --as-of 给出", "If it is not, give another with --as-of")),
    "contradiction": (Term("矛盾：{what}", "contradiction: {what}"), Term("请改正其一；在此之前按不知道处理", "Correct one of them; until then the pair settles nothing")),
    "doubt": (Term("存疑：{what}", "doubt: {what}"), Term("请核对", "Look again")),
    "remark": (Term("{what}", "{what}"), Term("供参考", "For information")),
    "sum_differs": (Term("不等于 {sum} 之和 {total}（表式 {code}）", "is not the sum of {sum}, which is {total} (form's rule {code})"), Term("请核对这一行", "Check this row")),
    "sum_exceeds": (Term("小于 {sum} 之和 {total}（表式 {code}）", "is less than the sum of {sum}, which is {total} (form's rule {code})"), Term("请核对这一行", "Check this row")),
    "uscc_form": (Term("不是十八位统一社会信用代码", "is not a unified social credit code of 18 characters"), Term("请对照登记证书", "Compare it with the certificate")),
    "uscc_outer": (Term("末位校验码不符（GB 32100）", "fails the check of its last character (GB 32100)"), Term("请对照登记证书；确有不符的真代码", "Compare it with the certificate; some real codes fail")),
    "uscc_inner": (Term("其中的组织机构代码校验不符（GB 11714）", "fails the check of the organisation code within it (GB 11714)"),
                   Term("请对照登记证书；确有不符的真代码", "Compare it with the certificate; some real codes fail")),
    "uscc_kind": (Term("代码写明是{said}，与组织类别不同", "says that the body is of the kind '{said}', unlike its row"), Term("请对照登记证书", "Compare it with the certificate")),
    "name_twice": (Term("与 {other} 同名", "is also the name at {other}"), Term("同一家只留一行", "Keep one row for one body")),
    "name_alike": (Term("与 {other} 的“{name}”可能是同一家", "may be the body at {other}, '{name}'"), Term("是同一家就只留一行", "If it is, keep one row")),
    "body_twice": (Term("与 {other} 同名，又没有各自的编号", "is also the name at {other}, and neither row has a number of its own"),
                   Term("同一家只留一行；确是两家，请填登记证号", "Keep one row for one body; if they are two, give their registration numbers")),
    "no_day": (Term("没有统计时点，{columns}定不了早晚", "has no day of the count, without which {columns} decide nothing"),
               Term("请用 --as-of 给出，如 2012-12-31", "Give it with --as-of, as 2012-12-31")),
    "no_targets": (Term("没有这个文件", "no such file"), Term("请给出目标文件，首行写：{known}", "Name a file of targets, whose first line is: {known}")),
    "target_share": (Term("不是 0 到 1 之间的比例，也不是百分数", "is neither a share from 0 to 1 nor per cent"), Term("请写 80% 或 0.8", "Write 80% or 0.8")),
    "no_aim": (Term("是空的，而这个指标不分高低好坏", "is empty, and this indicator is good neither high nor low"),
               Term("请写 at_least（不低于）或 at_most（不高于）", "Write at_least or at_most")),
    "members_basis": (Term("只写党员数，没有说明口径，记入“党员数（口径不明）”", "says members and no more: it is kept as members of a basis not said"),
                      Term("知道口径，请在对应表里写明", "If you know the basis, say so in the mapping")),
}  # fmt: skip


# what leaves one cell unread: an error, unless such cells are to be left unknown
CELLS = frozenset(("cell_type", "digits_lost", "not_count", "not_amount", "not_share", "share_or_percent", "not_yes_no", "code", "not_day",
                   "formula_error", "ditto_nothing", "two_ticked", "tick_unknown", "negative", "percent", "after", "nowhere", "nowhere_near", "until_before"))  # fmt: skip
_WARNINGS = frozenset(("doubtful_cell", "doubtful_heading", "own_shared", "coverage_form", "fractions", "units_in_title", "branch_unnamed", "also_differs", "leaf_unknown", "no_heading_above", "total_differs", "branch_denied", "branch_differs", "uncomputed",
                       "mapping_unused", "hidden_sheet", "doubt", "sum_differs", "sum_exceeds", "uscc_form", "uscc_outer", "uscc_inner",
                       "uscc_kind", "name_twice", "name_alike", "contradiction", "no_day",
                       "column_of_names", "summary_sheet", "summary_counts", "table_below", "place_named", "row_unread", "other_number", "committee", "whose_election", "branch_word"))  # fmt: skip
_NOTES = frozenset(
    (
        "day_in_title",
        "file_of_no_kind",
        "file_unread",
        "typed_unit",
        "unit_in_title",
        "remark",
        "members_basis",
        "rows_left_out",
        "sheet_unread",
    )
)


def fault(kind: str, file: str, *, line: int | None = None, column: str = "", value: str = "", **words: object) -> Fault:
    """Return a fault of a kind, its words filled in; a word that is a term goes into each language in its own.

    >>> print(fault("code", "claims.csv", line=2, column="kind", value="x", known="cause"))
    claims.csv, line 2, column kind: 'x': is not a known code. Use one of: cause.
        不是已知的代码。可用的有：cause。
    """

    def filled(message: Term) -> Term:
        zh, en = ({name: word(lang) if isinstance(word, Term) else word for name, word in words.items()} for lang in ("zh", "en"))
        return Term(message.zh.format(**zh), message.en.format(**en))

    problem, remedy = _MESSAGES[kind]
    severity = Severity.warning if kind in _WARNINGS else Severity.note if kind in _NOTES else Severity.error
    return Fault(file, line, column, value, filled(problem), filled(remedy), severity=severity, kind=kind)
