"""English passes, short and odd English too; a declared or plain other language is dropped."""

import pytest

from workers.domain.outcome import Drop, DropReason
from workers.nlp.language import english

DROPPED = Drop(DropReason.NOT_ENGLISH)


@pytest.mark.parametrize(
    "text",
    [
        "The harbour will close on Friday, the minister said.",
        "Fire in Port Aldis.",
        "No.",
        "😀😀",
        "Harbour strike: day nine",
        "السلام عليكم, the envoy told the crowd, and it answered him at once with a song.",
        "Ministers Özgür Çelik, Łukasz Żak and Nguyễn Văn Đức met in the old mill on Monday to sign it.",
        "Quarterly exports: barley 14, oats 12, rye 9, wheat 31, flax 4, hemp 2, hops 7, malt 5.",
    ],
)
def test_english_passes(text: str) -> None:
    assert english(text, None) == "en"


@pytest.mark.parametrize(
    "text",
    [
        "El ministro dijo el viernes que el puerto no se va a cerrar y que los obreros van a cobrar.",
        "Le ministre a dit vendredi que le port ne va pas fermer et que les ouvriers seront payés.",
        "Der Minister sagte am Freitag, dass der Hafen nicht geschlossen wird und die Arbeiter bleiben.",
        "Il ministro ha detto che il porto non sarà chiuso e che gli operai saranno pagati con i fondi.",
        "Министр сказал в пятницу, что порт не закроют и рабочим заплатят до конца весны.",
        "部长星期五表示港口不会关闭，工人将获得报酬。他说这是最后的决定。",
        "قال الوزير يوم الجمعة إن الميناء لن يغلق وإن العمال سيحصلون على أجورهم كاملة",
    ],
)
def test_another_language_is_dropped(text: str) -> None:
    assert english(text, None) == DROPPED
    assert english(text, "en") == DROPPED


@pytest.mark.parametrize("tag", ["fr", "de-AT", "zh_CN"])
def test_a_declared_other_language_is_dropped_whatever_the_text_says(tag: str) -> None:
    assert english("The harbour will close on Friday, the minister said.", tag) == DROPPED


@pytest.mark.parametrize(
    ("tag", "expected"), [("en", "en"), ("EN", "en"), ("en-GB", "en-GB"), ("en_US", "en-US"), ("", "en")]
)
def test_a_regional_tag_is_kept(tag: str, expected: str) -> None:
    assert english("The harbour will close on Friday.", tag) == expected
