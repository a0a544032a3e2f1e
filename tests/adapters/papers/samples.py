"""One paper of every kind, of invented people, and a reader of what was printed."""

import zlib
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from struct import unpack

import segno
import zxingcpp
from pypdf import PdfReader

from adapters.papers.signing import PaperSigner
from adapters.papers.typesetting import Copy
from domain.papers.code import PaperCode, digest
from domain.papers.contents import (
    BirthDeed,
    ChildCard,
    Contents,
    CounterReceipt,
    DeathDeed,
    DivorceDeed,
    FamilyCard,
    FamilyMember,
    Issue,
    KtpSheet,
    MarriageDeed,
    MoveLetter,
    Mover,
    Permit,
    Place,
    Spouse,
    Stretch,
    TemporaryCertificate,
)
from domain.papers.paper import PaperKind

DAY = date(2026, 11, 24)
OFFICE = "Dinas Kependudukan dan Pencatatan Sipil"
ISSUE = Issue(OFFICE, "Sragen", DAY, "", 1, "Dewi Lestari", "Pejabat Pencatatan Sipil", synthetic=True)
HOME = Place("Jl. Raya Sukowati 12", "001", "002", "Sragen Tengah", "kelurahan", "Sragen", "57211")
AWAY = Place("Jl. Slamet Riyadi 100", "003", "004", "Kemlayan", "kelurahan", "Serengan", "57151", "Surakarta")
SUPARMAN = FamilyMember(
    name="Suparman",
    nik="3314101708809001",
    sex="LAKI-LAKI",
    birth_place="Sragen",
    birth_date=date(1980, 8, 17),
    religion="ISLAM",
    education="SLTA/SEDERAJAT",
    occupation="KARYAWAN SWASTA",
    blood="O",
    marital="KAWIN",
    relation="KEPALA KELUARGA",
    citizenship="WNI",
    father="Kartono",
    mother="Sumini",
    married_on=date(2004, 5, 6),
)
SRI = replace(
    SUPARMAN,
    name="Sri Wahyuni",
    nik="3314105708829001",
    sex="PEREMPUAN",
    birth_place="Karanganyar",
    birth_date=date(1982, 8, 17),
    relation="ISTRI",
    blood="TIDAK TAHU",
    father="Suwito",
    mother="Paniyem",
)
BAGUS = replace(
    SUPARMAN,
    name="Bagus Adi Nugroho",
    nik="3314100203159001",
    birth_date=date(2015, 3, 2),
    relation="ANAK",
    marital="BELUM KAWIN",
    married_on=None,
    father="Suparman",
    mother="Sri Wahyuni",
)
KK = FamilyCard("3314102411269001", "Suparman", HOME, (SUPARMAN, SRI, BAGUS))


def spouse(of: FamilyMember) -> Spouse:
    return Spouse(of.name, of.nik, of.birth_place, of.birth_date, "KRISTEN", "WNI", of.father, of.mother)


def at(minute: int, second: int = 0) -> datetime:
    return datetime(2026, 11, 24, 9, minute, second)  # noqa: DTZ001 - as a paper tells it, in Sragen


PAPERS: dict[PaperKind, Contents] = {
    PaperKind.FAMILY_CARD: KK,
    PaperKind.KTP_SHEET: KtpSheet(
        nik=SRI.nik,
        kk=KK.kk,
        name=SRI.name,
        birth_place=SRI.birth_place,
        birth_date=SRI.birth_date,
        sex=SRI.sex,
        blood=SRI.blood,
        home=HOME,
        religion=SRI.religion,
        marital=SRI.marital,
        occupation=SRI.occupation,
        citizenship="WNI",
        state="BELUM REKAM",
    ),
    PaperKind.CHILD_CARD: ChildCard(
        nik=BAGUS.nik,
        name=BAGUS.name,
        birth_place=BAGUS.birth_place,
        birth_date=BAGUS.birth_date,
        sex=BAGUS.sex,
        blood=BAGUS.blood,
        kk=KK.kk,
        head="Suparman",
        birth_deed="3314-LU-02032015-0001",
        religion="ISLAM",
        citizenship="WNI",
        home=HOME,
        valid_until=date(2032, 3, 1),
    ),
    PaperKind.BIRTH: BirthDeed(
        "3314-LU-24112026-0001",
        BAGUS.nik,
        BAGUS.name,
        BAGUS.sex,
        "Sragen",
        date(2026, 10, 2),
        3,
        "Suparman",
        "Sri Wahyuni",
        "WNI",
    ),
    PaperKind.DEATH: DeathDeed(
        "3314-KM-24112026-0001",
        SUPARMAN.nik,
        SUPARMAN.name,
        SUPARMAN.sex,
        "Sragen",
        SUPARMAN.birth_date,
        "Sragen",
        date(2026, 11, 20),
        "Kartono",
        "Sumini",
        "WNI",
    ),
    PaperKind.MARRIAGE: MarriageDeed(
        "3314-KW-24112026-0001",
        spouse(SUPARMAN),
        spouse(SRI),
        "Sragen",
        date(2026, 11, 20),
        "pemuka agama Kristen",
    ),
    PaperKind.DIVORCE: DivorceDeed(
        "3314-CR-24112026-0001",
        spouse(SUPARMAN),
        spouse(SRI),
        "3314-KW-06052004-0007",
        date(2004, 5, 6),
        "Pengadilan Negeri Sragen",
        "12/Pdt.G/2026/PN Sgn",
        date(2026, 10, 1),
    ),
    PaperKind.MOVE: MoveLetter(
        "475/0001/DISDUKCAPIL/2026",
        KK.kk,
        "Suparman",
        "Suparman",
        "PEKERJAAN",
        "antarkabupaten/kota",
        HOME,
        AWAY,
        date(2026, 12, 1),
        tuple(Mover(m.nik, m.name, m.relation) for m in KK.members),
        date(2026, 12, 24),
    ),
    PaperKind.CERTIFICATE: TemporaryCertificate(
        nik=SRI.nik,
        name=SRI.name,
        birth_place=SRI.birth_place,
        birth_date=SRI.birth_date,
        sex=SRI.sex,
        blood=SRI.blood,
        home=HOME,
        religion=SRI.religion,
        marital=SRI.marital,
        occupation=SRI.occupation,
        citizenship="WNI",
        valid_until=date(2027, 5, 23),
    ),
    PaperKind.RECEIPT: CounterReceipt(
        tracking="7KQ2-9FXM-ABCD",
        document="Kartu Tanda Penduduk",
        ticket=17,
        name=SRI.name,
        taken=at(0, 1),
        called=at(10, 1),
        complete=at(11, 30),
        ended=at(17, 1),
        stretches=(
            Stretch("Waktu kantor", at(11, 30), at(13), 90),
            Stretch("Menunggu pemohon", at(13), at(14, 30), 90),
            Stretch("Waktu kantor", at(14, 30), at(17, 1), 151),
        ),
        office_seconds=241,
        promise_seconds=300,
    ),
    PaperKind.PERMIT: Permit(
        "0001/SIUP-KECIL/BPT/2026",
        "Surat Izin Usaha Perdagangan Kecil",
        "SIUP-KECIL",
        SRI.name,
        "Toko Batik Sri",
        "PO",
        "",
        "47711",
        replace(HOME, rt="", rw=""),
        75_000_000,
        "Permendag 36/2007 jo 46/2009",
    ),
}
SAYS: dict[PaperKind, tuple[str, ...]] = {
    PaperKind.FAMILY_CARD: ("KARTU KELUARGA", KK.kk, "SRI WAHYUNI", BAGUS.nik, "57211", "06-05-2004"),
    PaperKind.KTP_SHEET: (SRI.nik, "17-08-1982", "SEUMUR HIDUP", "001/002", "TIDAK TAHU"),
    PaperKind.CHILD_CARD: ("KARTU IDENTITAS ANAK", BAGUS.nik, "01-03-2032", "3314-LU-02032015-0001"),
    PaperKind.BIRTH: ("KUTIPAN AKTA KELAHIRAN", "2 Oktober 2026", "anak ke-3", "SRI WAHYUNI"),
    PaperKind.DEATH: ("KUTIPAN AKTA KEMATIAN", "20 November 2026", "SUPARMAN", "KARTONO dan SUMINI"),
    PaperKind.MARRIAGE: ("KUTIPAN AKTA PERKAWINAN", "pemuka agama Kristen", "SUWITO dan PANIYEM"),
    PaperKind.DIVORCE: ("KUTIPAN AKTA PERCERAIAN", "Pengadilan Negeri Sragen", "1 Oktober 2026"),
    PaperKind.MOVE: ("SURAT KETERANGAN PINDAH WNI", "KEMLAYAN", "PEKERJAAN", "24 Desember 2026"),
    PaperKind.CERTIFICATE: ("SURAT KETERANGAN", SRI.nik, "23 Mei 2027", "perekaman data KTP"),
    PaperKind.RECEIPT: ("7KQ2-9FXM-ABCD", "09:11:30", "4 menit 1 detik", "ditepati", "Menunggu pemohon"),
    PaperKind.PERMIT: ("0001/SIUP-KECIL/BPT/2026", "TOKO BATIK SRI", "Rp75.000.000", "47711"),
}
"""What must be read on each."""
SIGNER = PaperSigner(bytes(range(32)))
PAPER = "paper-0198c0de0000a1b2c3d4e5f60718293a"
SALT = b"salt of it"


def code(kind: PaperKind) -> str:
    fields = digest(PAPERS[kind], SALT)
    return SIGNER.sign(PaperCode(kind.value, SIGNER.id, PAPER, DAY, fields, SALT))


def copy(kind: PaperKind, address: str = "") -> Copy:
    return Copy(PAPER, PAPERS[kind], ISSUE, code(kind), address)


def text(pdf: bytes) -> str:
    """Everything that can be read on a PDF, in one line."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def told(pdf: bytes) -> str:
    """The code of a paper, from the alternative text of its picture: for those who cannot see it."""
    begin = pdf.index(b"SIMPUL1.")
    return pdf[begin : pdf.index(b")", begin)].decode()


def scanned(png: bytes) -> list[str]:
    """What a telephone reads in a picture of a page."""
    width, height, grey = _grey(png)
    return _found(grey, height, width)


def squares(code_: segno.QRCode, size: int = 4) -> str:
    """What a telephone reads in the squares of a code."""
    wide = [
        bytes(0 if dark else 255 for dark in row for _ in range(size)) for row in code_.matrix_iter(border=4)
    ]
    grey, side = b"".join(line for line in wide for _ in range(size)), len(wide) * size
    (found,) = _found(grey, side, side)
    return found


def _found(grey: bytes, height: int, width: int) -> list[str]:
    picture = memoryview(grey).cast("B", (height, width))
    return [
        code.text
        for code in zxingcpp.read_barcodes(
            picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
        )
    ]


def _grey(png: bytes) -> tuple[int, int, bytes]:
    """Width, height and the green of each point of a PNG of 8-bit RGBA (PNG, third edition, 9.2)."""
    packed, begin, width, height = b"", 8, 0, 0
    while begin < len(png):
        size, kind = unpack(">I4s", png[begin : begin + 8])
        body = png[begin + 8 : begin + 8 + size]
        if kind == b"IHDR":
            width, height, depth, colour = unpack(">IIBB", body[:10])
            assert (depth, colour) == (8, 6)
        packed += body if kind == b"IDAT" else b""
        begin += size + 12
    raw, line, grey = zlib.decompress(packed), bytearray(width), bytearray()
    for begin in range(0, height * (width * 4 + 1), width * 4 + 1):
        # Each colour is filtered for itself: one of them is enough.
        line = _unfiltered(raw[begin], bytearray(raw[begin + 2 : begin + 1 + width * 4 : 4]), line)
        grey += line
    return width, height, bytes(grey)


def _unfiltered(kind: int, line: bytearray, above: bytearray) -> bytearray:
    left = corner = 0
    for i, up in enumerate(above if kind else ()):
        guess = _paeth(left, up, corner) if kind == 4 else (left, up, (left + up) // 2)[kind - 1]
        line[i] = left = (line[i] + guess) & 255
        corner = up
    return line


def _paeth(left: int, up: int, corner: int) -> int:
    if left == up == corner:
        return left
    guess = left + up - corner
    return min((left, up, corner), key=lambda near: abs(guess - near))
