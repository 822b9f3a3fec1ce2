"""Given names that children of the last years are called, or great-grandmothers were, and the lists do not have.

Put together by hand, in the glyphs that names are looked up in (``name_lexicon.fold``); no list was copied.
"""

from __future__ import annotations


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


RECENT = _set(
    """
    陽翔 湊斗 咲茉 心陽 心結 心咲 蓮斗 律希 琉翔 莉愛 陽琉 陽音 陽彩 結叶 結凪 結咲 結希 結大 心桜
    心羽 心遥 心乃 心翔 心瑚 心葉 心和 心琴 心絆 莉結 莉桜 莉心 莉々愛 愛叶 咲空 咲羽 咲心 咲翔
    咲凛 彩心 紬葵 詩桜 凛空 凛桜 凛久 凛月 凜花 柚咲 杏音 杏愛 芽愛 芽郁 依千花 和心 和桜 奏音
    奏心 奏翔 奏空 奏良 奏真 奏汰朗 湊翔 湊心 湊叶 湊平 蒼斗 蒼翔 蒼月 蒼心 碧人 碧翔 碧士 碧唯
    碧大 颯翔 颯音 颯季 颯士 颯生 颯成 悠叶 優翔 優心 優音 優空 律斗 律翔 律都 律心 蓮人 蓮音 蓮央
    蓮大 大凱 大耀 橙和 橙也 晴空 晴陽 晴琉 暖大 暖太 暖翔 暖花 暖心 空翔 空輝 空我 空大 空來 星凪
    星翔 星羽 月渚 月愛 月翔 月音 海璃 海莉 海青 海聖 美葵 音桜 音愛 桜士郎 桜來 桜愛 桜結 桜綾
    桜心 叶翔 叶真 叶斗 叶愛 叶音 來夢 來愛 來翔 來輝 來人 來望 琉人 琉音 琉羽 琉希 琉聖 琉空 瑠愛
    瑠唯 瑠希 瑛翔 瑛心 瑛都 怜愛 怜旺 玲桜 獅斗 虎白 虎雅 竜翔 一颯 一椛 一惺 千颯 千暖 仁翔 仁瑛
    惺斗 惺人 惺翔 惺真 惺月 煌斗 煌翔 煌生 煌真 煌月 煌牙 煌志 耀斗 燈和 燈莉 絢心 絃斗 絃太 絃人
    絃葉 絃心 絆愛 絆菜 紗凪 希愛 希心 歩叶 夢叶 夢羽 夢來 夢空 夢結 夢斗 凪都 凪花 凪心 風羽 楓音
    楓斗 楓馬 朱俐 朱々花 灯和 胡桃子 胡心 雫月 恋羽 恋春 恋華 百葉 百桜 百愛 乃彩 衣千花 唯愛 唯織
    侑愛 侑叶 侑聖 佑翔 慧翔 椛乃 栞愛 雅虎 雅空 雅玖 利空 吏人 李仁 李斗 李音 李心 李月 俐玖 莉玖
    莉斗 莉仁 煌桜 煌莉 未結 未桜 未莉 聖空 聖翔 世凪 世絆 凌空 凌久 凌玖 遥斗 遥翔 冬翔 秋翔 梓音
    柊翔 柊希 柊羽 柊哉 柊太朗 楽翔 昊斗 昊志 澪羽 澪月 渚音 澄空 詠大 律歌 旺士郎 陽葵葉 菜々葉
    七葉 七斗 七楓 虹心 虹希 虹空 苺花 兵衛門 陽向 琉生 花楓 陸空
    """
)
"""Names and nothing else."""

ELDER = _set(
    """
    トメ カメ シモ ステ ツヤ フデ ムメ イソ キソ キツ サカ スガ スヤ ソメ ツギ ツタ ツマ テフ トイ トヤ ナヲ フヂ フヨ
    ムツ ヤイ ヤノ ワイ ワキ ヱイ ヱツ ヲト トメノ カメノ ツルノ トラノ ミサヲ ステ子 カメ子 フデ子 ムメ子 ミヨ子
    トメ子 ツヤ子
    """
)
"""Of women born before the war, in katakana as they write them."""

RECENT_WORDS = _set("琥珀 蒼空 柚子 竜虎 凛々 心海 歩武 楽人")
"""Words of the language that children are called too."""
