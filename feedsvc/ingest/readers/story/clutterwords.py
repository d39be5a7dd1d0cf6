"""Lines that hang on a story without being part of it, told by their words alone.

Each rule is a pattern of a whole line of at most 200 letters. Rules of `is_foreign` count wherever the line stands; those
of `is_edge` at the beginning and the end of a story alone, for within it they may be told.
"""

import re

_LONGEST = 200
_FULL_STOPS = tuple("。！？.!?")
_OPEN, _CLOSE = r"[(（\[【]?\s*", r"\s*[)）\]】]?"
_PREVIOUS_NEXT = (
    r"(?:[<«‹←◄]\s*)?(?:previous|next|prev)(?:\s+(?:article|post|story|news|page))?\s*"
    r"(?:[:：]\s*(?:none|nothing|no more.{0,20})?|[»›→►>]*)"
)
_SIZED = (
    r"(?:字体|字号|文字大小|(?:font|text)[\s-]?size)\s*[:：]?\s*[\[【(]?"
    r"(?:\s*[大中小AaT+\-|/,，]|\s*(?:默认|larger?|small(?:er)?|medium|normal|increase|decrease|reset))*"
)
_PRESSED = (
    r"(?:[\s【\[(（】\])）|/]*(?:大\s*中\s*小|打印(?:本[页文])?|关闭(?:本[页文]|窗口)?|收藏(?:本[页文])?|加入收藏|"
    r"返回(?:列表|顶部|首页)?|print(?:\s+(?:this\s+)?(?:page|article|version))?|close(?:\s+window)?|"
    r"back to (?:top|list|news)))+[\s】\])）]*"
)
_SHARED = r"this|on|via|to|with|the|article|story|post|page|news|by|now|link|buttons?|and|or"
_PLACE = r"您(?:现在|当前)?(?:的|所在)?(?:的)?位置|(?:现在|当前|所在)(?:的|所在)*位置|you are here|current (?:position|location)"
_STEP = r"\s*(?:>>?|»|›|/|→|·|::)\s*[^>»›/→·]"
_ASKED = r"was this (?:\w+ )?(?:useful|helpful)\s*\?(?:\s*(?:yes|no|[/|]))*"
_CALLED = (
    r"(?:advertisement|advertising|sponsored(?: content)?|广告|(?:story|article) continues below.{0,20}|"
    r"continue reading(?: below)?|read more|explore further|stay connected|loading(?:\.{3}|…)?|sign up for .{0,40}newsletters?|"
    r"subscribe(?: now| to .{0,40}newsletters?)?|comments?|leave a (?:comment|reply)|no comments(?: yet)?|post a comment)\s*:?"
)
_EDITED = (
    r"(?:责任编辑|责编|编辑|审核|审校|校对|[初复终]审|排版|美编|值班编委|供稿(?:单位|人|部门)?|投稿|来稿|撰稿|作者(?:单位)?|"
    r"(?:信息|稿件)?来源|上传|发布[者人]|录入|摄影|通讯员)\s*[:：|/丨].{0,60}"
)
_EDITED_BY = (
    r"(?:(?:copy-?\s?)?edit(?:or|ed)s?(?: by)?|proofread(?:er|ing)?(?: by)?|review(?:er|ed)(?: by)?|sources?|photos?(?: by)?|"
    r"photo credits?|posted by|published by|translat(?:or|ed)(?: by)?|uploaded by)\s*[:：].{0,60}"
)
_NETWORKS = (
    r"微信|微博|新浪微博|腾讯微博|QQ空间|QQ好友|QQ|朋友圈|豆瓣|人人网|更多|facebook|twitter|x|linkedin|whatsapp|e-?mail|wechat|weibo|"
    r"pinterest|reddit|telegram|friends"
)

NEIGHBOURS = (
    r"(?:[<«‹←◄]\s*)?(?:[上下]一[篇条则页个]|[前后]一[篇条])(?:\s*[:：>»].*|\s*)",
    _PREVIOUS_NEXT,
)
"""The stories before and after."""

COUNTERS = (
    _OPEN
    + r"(?:浏览|点击|阅读|访问|点赞|hits?|views?|page\s?views?|clicks?|reads?)(?:次数|人次|数|量|率|\s+times)?\s*[:：]?\s*"
    r"[\[(（]?\s*\d*\s*[\])）]?\s*次?" + _CLOSE,
    r"\d+\s*(?:views?|hits?|clicks?|reads?|likes?|comments?|shares?|次浏览|次阅读|人阅读)",
    _ASKED + r"\s*\d+\s*votes?",
)
"""Hits and votes."""

TOOLS = (
    rf"(?:一键)?分享(?:到|至|本文|文章|按钮)?\s*[:：]?(?:\s*(?:{_NETWORKS}|[,，、|/]))*",
    rf"share(?:\s+(?:{_SHARED}|{_NETWORKS}|[:,/|]))*\s*:?",
    r"(?:tweet|pin it|like us on facebook|follow us(?: on .{1,40})?|e-?mail this(?: .{1,20})?|copy link)\s*:?",
    _OPEN + _SIZED + _CLOSE,
    _PRESSED,
    r"(?:扫一扫|扫码|扫描二维码|长按二维码|关注我们|官方微信|微信扫一扫).{0,24}",
)
"""Sharing, printing, closing, the size of letters."""

TRAILS = (
    rf"(?:{_PLACE})\s*[:：].*",
    # The last step may be the title itself.
    rf"(?:home|首页|主页|网站首页)(?:{_STEP}{{1,40}}){{0,5}}{_STEP}{{1,160}}",
)
"""Breadcrumbs."""

CALLS = (_CALLED,)
"""Advertising, and what the reader should do next."""

FRAMES = (
    r"版权所有.*",
    r"(?:来源\s*[:：]\s*\S{0,30}\s*)?(?:发布|发表|更新|添加|编辑|录入)(?:时间|日期)\s*[:：]\s*\d{4}.*",
)
"""Copyright and date lines of the frame around the story."""

EDITORS = (
    _OPEN + _EDITED + _CLOSE,
    _EDITED_BY,
    r"(?:copy-?edited|edited|proofread|translated|reviewed) by\s+.{2,80}",
)
"""Who edited, checked, photographed and sent it in."""

TAILS = (
    _ASKED,
    r"(?:copyright\b|©|\(c\)\s*(?:19|20)\d\d|all rights reserved).*",
    r"(?:tags?|filed under|categor(?:y|ies)|posted in|标签|关键词|关键字)\s*[:：].*",
)
"""What readers are asked, copyright, tags and categories."""

_SECTION_WORDS = (
    r"related(?:\s+(?:articles?|news|posts?|stories|content|topics?|links?|reading|coverage|items?))?",
    r"more (?:news|stories|articles|from .{2,40}|on this .{2,20})",
    r"you (?:may|might) also (?:like|be interested in)",
    r"(?:most|also) (?:read|popular|viewed)(?: .{2,40})?",
    r"recommended(?: for you| stories| articles| reading)?",
    r"(?:what to )?read next|see also|latest (?:news|stories|articles|posts)|trending(?: now)?",
    r"stay connected|popular posts|up next",
    r"相关(?:阅读|新闻|链接|文章|报道|推荐|资讯|内容)|推荐(?:阅读|新闻|文章)|延伸阅读|热门(?:新闻|文章|推荐)",
    r"最新(?:新闻|文章|动态|发布)|友情链接",
)
_LABEL_WORDS = (
    r"(?:see|read) also|also(?: read| see)?|related(?: \w+){0,2}|read (?:more|next)|more|recommended|next|previous|"
    r"相关(?:阅读|新闻|链接|文章|报道)?|延伸阅读|推荐阅读"
)


def _lines(patterns: tuple[str, ...], ending: str = "") -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(patterns)}){ending}", re.IGNORECASE)


_FOREIGN = _lines((*NEIGHBOURS, *COUNTERS, *TOOLS, *TRAILS, *CALLS, *FRAMES))
_EDGE = _lines((*EDITORS, *TAILS))
_SECTION = _lines(_SECTION_WORDS, r"\s*[:：]?")
_LABEL = re.compile(rf"(?:{_LABEL_WORDS})\s*[:：]", re.IGNORECASE)


def is_foreign(line: str) -> bool:
    """Is a whole line no part of any story?"""
    return _could_be(line) and not is_sentence(line) and _FOREIGN.fullmatch(line) is not None


def is_edge(line: str) -> bool:
    """Is a whole line no part of a story that it begins or ends?"""
    return _could_be(line) and _EDGE.fullmatch(line) is not None


def is_tally(line: str) -> bool:
    """Does a whole line count votes alone? Within a story, twelve votes may be the news."""
    return re.fullmatch(r"\d+\s*votes?", line, re.IGNORECASE) is not None


def is_section(line: str) -> bool:
    """Does a heading announce links to other stories?"""
    return _could_be(line) and _SECTION.fullmatch(line) is not None


def label_of(line: str) -> str:
    """The label with which a line points to another story ("Related: "), "" where there is none."""
    match = _LABEL.match(line)
    return match[0] if match else ""


def is_sentence(line: str) -> bool:
    """Does it end as a sentence does?"""
    return line.endswith(_FULL_STOPS) and not line.endswith("...")


def _could_be(line: str) -> bool:
    return 0 < len(line) <= _LONGEST
