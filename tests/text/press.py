"""Stories as offices write them: the same one told twice, an update, and notices made from one form."""

EN = """<p>On the morning of May 27, a ceremony was held to sign a strategic cooperation agreement between the
University of Shanghai for Science and Technology and the People's Government of Qingpu District. Wu Songfei, vice
chairman of the University Council, and Zhang Quan, deputy head of the district, spoke at the ceremony.</p>
<p>Under the agreement the two sides will build a centre for medical instruments and rehabilitation engineering, share
laboratories, and train graduates in the companies of the Yangtze River Delta demonstration zone. The first forty
students are to begin in September.</p>
<p>Wu Songfei said that the university wants its research to leave the laboratory sooner, and that Qingpu offers the
room and the partners for it. Zhang Quan hoped that the agreement would bring young engineers to the district and keep
them there.</p>
<p>The School of Medical Instrument and Food Engineering, founded in 2003, leads the work for the university. It has run
projects with hospitals in Qingpu since 2016.</p>"""

EN_ELSEWHERE = """<h2>District news</h2><p>The <b>University of Shanghai for Science and Technology</b> and the
People's Government of Qingpu District signed a strategic cooperation agreement on Wednesday morning. Wu Songfei, vice
chairman of the University Council, and Zhang Quan, deputy head of the district, spoke at the ceremony.</p>
<p>Under the agreement the two sides will build a centre for medical instruments and rehabilitation engineering, share
laboratories, and train graduates in the companies of the Yangtze River Delta demonstration zone. The first forty
students are to begin in September.</p>
<p>Wu Songfei said that the university wants its research to leave the laboratory sooner, and that Qingpu offers the
room and the partners for it. Zhang Quan hoped that the agreement would bring young engineers to the district and keep
them there.</p><p>Photo: Li Rui</p>"""

EN_UPDATED = (
    EN
    + """<p>Update, June 3: the district council has approved the plan, and building begins on June 20. The centre will
have 12,000 square metres on two floors, a third of them for start-up companies of graduates.</p>"""
)

ZH = """<p>6月6日上午，上海理工大学举行2020届毕业生毕业典礼暨学位授予仪式。校党委书记吴坚勇，校长丁晓东，副校长张华、
刘平、蔡永莲，校学位评定委员会委员，各学院党政负责人和教师代表出席典礼。</p><p>丁晓东以《不负时代，勇毅前行》为题，为毕业生上了
在校期间的最后一课。他说，这是一届特殊的毕业生，大家在疫情中完成了论文，在云端参加了答辩，也在各自的家乡当起了志愿者。
他希望同学们把个人的理想融入国家的需要，做有担当的工程师。</p><p>光电信息与计算机工程学院教授庄松林院士作为教师代表发言。
他寄语毕业生：科学没有捷径，耐得住寂寞，才看得见光。</p><p>典礼在校歌声中结束。今年学校共有四千二百六十三名本科生、
两千一百一十七名研究生毕业。</p>"""

ZH_ELSEWHERE = """<div>本报讯 6月6日上午，上海理工大学举行2020届毕业生毕业典礼暨学位授予仪式。校领导和教师代表出席典礼。
</div><div>校长丁晓东以《不负时代，勇毅前行》为题，为毕业生上了在校期间的最后一课。他说，这是一届特殊的毕业生，大家在疫情中完成了
论文，在云端参加了答辩，也在各自的家乡当起了志愿者。他希望同学们把个人的理想融入国家的需要，做有担当的工程师。</div><div>
庄松林院士作为教师代表发言。他寄语毕业生：科学没有捷径，耐得住寂寞，才看得见光。</div><div>典礼在校歌声中结束。今年学校共有
四千二百六十三名本科生、两千一百一十七名研究生毕业。（记者 王芳）</div>"""

_NOTICE = """<p>Title: {title}</p><p>Speaker: {speaker}</p><p>Time: {time}</p><p>Venue: Room {room}, Library</p>
<p>Host: School of Optical-Electrical and Computer Engineering</p><p>About the speaker: {about}</p><p>Abstract: {abstract}</p>
<p>All teachers and students are welcome. Seats are limited; register with your campus card before the talk.</p>"""
NOTICES = (
    _NOTICE.format(
        title="Metasurfaces for terahertz imaging",
        speaker="Prof. Anna Keller, ETH Zurich",
        time="June 9, 14:00",
        room="301",
        about="Anna Keller leads the laboratory for nanophotonics and has edited Optica since 2015.",
        abstract="Flat optics replace stacks of lenses by a single patterned layer. We show how such layers steer "
        "terahertz waves, and what a camera of them sees behind paper, cloth and paint.",
    ),
    _NOTICE.format(
        title="What bridges tell before they fall",
        speaker="Dr. Tomas Rivera, Universidad de Chile",
        time="June 16, 10:30",
        room="204",
        about="Tomas Rivera studies old steel structures and advises the road authorities of three countries.",
        abstract="Vibration records of forty bridges over ten years show changes months before inspectors saw a crack. "
        "The talk explains which of them matter, and how cheap a sensor may be that still hears them.",
    ),
)
_ZH_NOTICE = """<p>报告题目：{0}</p><p>报告人：{1}</p><p>报告时间：{2}</p><p>报告地点：光电学院{3}会议室</p><p>报告人简介：{4}</p>
<p>报告摘要：{5}</p><p>欢迎广大师生踊跃参加！</p>"""
ZH_NOTICES = (
    _ZH_NOTICE.format(
        "太赫兹超表面成像技术", "王建国 教授", "6月9日14:00", "301",
        "王建国，浙江大学教授，长期从事微纳光学和太赫兹器件研究，主持国家重点研发计划项目两项。",
        "超表面用一层平面结构代替成组的透镜。报告介绍如何用它控制太赫兹波，以及由它构成的相机能看到纸张和油漆背后的什么。",
    ),
    _ZH_NOTICE.format(
        "老旧桥梁的健康监测", "李敏 研究员", "6月16日10:30", "204",
        "李敏，同济大学研究员，研究方向为钢结构疲劳与监测，曾获上海市科技进步一等奖。",
        "四十座桥梁十年的振动数据表明，裂缝出现之前数月就有征兆。报告说明哪些征兆值得重视，传感器可以便宜到什么程度。",
    ),
)  # fmt: skip
