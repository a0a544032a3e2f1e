"""A name as it is heard: the same for whoever writes it in the spelling of 1940, of today, or wrongly.

An Indonesian name is one text of one word or several, none of them a family name. Until 1972 *u* was written
*oe*, *j* *dj*, *c* *tj* and *y* *j*, and who was christened so writes it so still: Soeharto is Suharto.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from zlib import crc32

_TITLES = (
    "h hj kh nyai ir dr drs dra drg prof r rr ra rm raden tn ny bpk ibu sdr alm almh"
    " ba bsc sh mh se mm mt st sp spd spdi mpd mpdi skom mkom ssos msos sag mag sip map skm mkes msi mkn"
    " ssi skep ners amd amdkeb amdkep sked spog ss mhum shum stp spt sst phd lc ma"
)
TITLES = frozenset(_TITLES.split())
"""Of honour, pilgrimage and study, without their dots. None is part of a name."""
_PREFIXES = "m md moh mokh mohamad mohamed mokhamad mukhamad muh muhamad muhamed mohd"
PREFIXES = frozenset(_PREFIXES.split())
PROPHET = "muhamad"
"""A first word that is written in a dozen ways."""
_OLD = re.compile("oe|[dtnsh]j")
_SINGLE_J = re.compile("(?<![dtns])j")
_SPELLING = (("tj", "c"), ("dj", "j"), ("nj", "ny"), ("sj", "sy"), ("oe", "u"), ("ch", "kh"))
_DOUBLED = re.compile(r"(.)\1+")
_APART = re.compile(r"[\s,/-]+")
_OTHER = re.compile(r"[^a-z0-9 .,/-]")
_HEARD = (("sy", "s"), ("kh", "h"), ("dz", "s"), ("ny", "n"), ("ng", "n"), ("x", "ks"))
_SAME = str.maketrans(
    {"f": "p", "v": "p", "q": "k", "c": "k", "g": "k", "z": "s", "j": "y", "d": "t", "b": "p"}
)
_SILENT = frozenset("aiueohwy")
SAME_SOUND = 0.5
"""What is left of the difference between two words that sound alike (ours)."""
BEGUN = 0.85
"""How like a word is to its beginning, of at least three letters (ours)."""
LEAST_PART = 3
SLIPS = 2
"""Letters that may be too many or too few."""
SURPLUS = 0.04
"""What each word takes away that nobody asked for (ours)."""


def forget_words() -> None:
    """Keep no word of anybody in memory: what was compared is computed anew."""
    for kept in (sound, echo, likeness, key, _spelt):
        kept.cache_clear()


def words(name: str) -> tuple[str, ...]:
    """The words of a name in the spelling of today, without titles; those of a name made of titles alone stay."""
    letters = _letters(name)
    spelt = [word for text in _APART.split(letters) for word in _spelt(text)]
    spelt = spelt or [modern(part) for part in re.split(r"[^a-z0-9]+", letters) if part]
    if len(spelt) > 1 and spelt[0] in PREFIXES:
        spelt[0] = PROPHET
    return tuple(spelt)


@lru_cache(maxsize=20_000)
def key(name: str) -> str:
    """The words of a name as one text: equal for two spellings of one name."""
    return " ".join(words(name))


def modern(word: str) -> str:
    """A word of small letters in the spelling of 1972, each letter once."""
    before = ""
    while word != before:
        before, word = word, _respelt(_DOUBLED.sub(r"\1", word))
    return word


@lru_cache(maxsize=20_000)
def sound(word: str) -> str:
    """How a respelt word begins, and its consonants as a bad ear hears them."""
    for written, heard in _HEARD:
        word = word.replace(written, heard)
    plain = word.translate(_SAME)
    return plain[:1] + _DOUBLED.sub(r"\1", "".join(c for c in plain[1:] if c not in _SILENT))


@lru_cache(maxsize=20_000)
def echo(word: str) -> int:
    """The sound of a respelt word as a number of 32 bits: equal sounds have equal ones, others nearly never."""
    return crc32(sound(word).encode())


def grams(word: str) -> frozenset[str]:
    """What a word is found by: each three letters, its ends marked, and its sound."""
    ended = f"^{word}$"
    return frozenset({f"={sound(word)}", *(ended[i : i + 3] for i in range(len(ended) - 2))})


@lru_cache(maxsize=20_000)
def likeness(asked: str, found: str) -> float:
    """How like two respelt words are: 1 when they are equal, about 0 when nothing agrees."""
    longest = max(len(asked), len(found))
    difference = _distance(asked, found) / longest if longest else 0.0
    if sound(asked) == sound(found):
        difference *= SAME_SOUND
    begun = len(asked) >= LEAST_PART and found.startswith(asked)
    return max(1 - difference, BEGUN if begun else 0.0)


def name_likeness(asked: Sequence[str], found: Sequence[str]) -> float:
    """How like a whole name is to what was asked: each asked word beside the word most like it."""
    if not asked or not found:
        return 0.0
    left, likes = list(found), 0.0
    for word in asked:
        if left:
            best = max(left, key=lambda other: likeness(word, other))
            likes += likeness(word, best)
            left.remove(best)
    apart = likes / len(asked) - SURPLUS * len(left)
    return max(apart, _joined("".join(asked), "".join(found)) if len(asked) != len(found) else 0.0)


def _joined(asked: str, found: str) -> float:
    """One word for two, Sriwahyuni for Sri Wahyuni: only where the letters come to as many."""
    return likeness(asked, found) if abs(len(asked) - len(found)) <= SLIPS and asked[:2] == found[:2] else 0.0


def _letters(name: str) -> str:
    plain = name.casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain)
    return _OTHER.sub("", " ".join(plain.split()))


@lru_cache(maxsize=20_000)
def _spelt(text: str) -> tuple[str, ...]:
    return tuple(modern(part) for part in _untitled(text))


def _untitled(text: str) -> Iterable[str]:
    if text.replace(".", "") in TITLES:
        return
    for part in text.split("."):
        if part and part not in TITLES:
            yield part


def _respelt(word: str) -> str:
    # Joko is of today and Djoko of then: j is y only in a word that shows its age.
    if _OLD.search(word):
        word = _SINGLE_J.sub("y", word)
    for old, new in _SPELLING:
        word = word.replace(old, new)
    return word


def _distance(a: str, b: str) -> int:
    """Letters to put in, leave out, replace, or change with their neighbour.

    A column of the usual table at once, as bits: where it steps up from the letter before, and where down
    (H. Hyyrö, *A bit-vector algorithm for computing Levenshtein and Damerau edit distances*, 2003).
    """
    if not a:
        return len(b)
    whole, last = (1 << len(a)) - 1, 1 << (len(a) - 1)
    places: dict[str, int] = {}
    for i, letter in enumerate(a):
        places[letter] = places.get(letter, 0) | 1 << i
    distance, up, down, same, before = len(a), whole, 0, 0, 0
    for letter in b:
        here = places.get(letter, 0)
        swapped = (~same & here) << 1 & before
        same = (((here & up) + up) ^ up | here | down | swapped) & whole
        more, less = down | ~(same | up) & whole, same & up
        distance += bool(more & last) - bool(less & last)
        more, less = more << 1 | 1, less << 1
        up, down, before = (less | ~(same | more)) & whole, more & same & whole, here
    return distance
