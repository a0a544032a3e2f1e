"""The press: makes a paper out of its contents, and keeps it where only its people's keys open it."""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from adapters.papers.safe import Safe
from adapters.papers.signing import PaperKeys
from adapters.papers.typesetting import VERSION, Copy, Typesetter
from domain.kernel.errors import Gone
from domain.papers.code import PaperCode, digest
from domain.papers.contents import Contents, Issue
from domain.papers.paper import IssuePaper, PaperIssued, PaperKind


@dataclass(frozen=True, slots=True)
class Draft:
    """A paper to be made: of what ``kind``, ``about`` which record, of whom (``subjects``) it tells."""

    paper: str
    kind: PaperKind
    about: str
    subjects: tuple[str, ...]
    contents: Contents
    issue: Issue
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Press:
    """Typesetter, keys and safe of one node. ``address`` is that of the page which checks papers, if public."""

    typesetter: Typesetter
    keys: PaperKeys
    safe: Safe
    address: str = ""

    def make(self, draft: Draft) -> IssuePaper:
        """Typeset, sign and put away. Until the command is executed nobody can open the file."""
        signer, shares, issue = self.keys.signer(), self.safe.shares(draft.subjects), draft.issue
        secrets = [share.secret for share in shares]
        salt = self.safe.salt(secrets)
        fields = digest(draft.contents, salt)
        code = signer.sign(PaperCode(draft.kind.value, signer.id, draft.paper, issue.on, fields, salt))
        pdf = self.typesetter.pdf(Copy(draft.paper, draft.contents, issue, code, self.address))
        name = sha256(pdf).hexdigest()
        self.safe.put(name, pdf, secrets)
        return IssuePaper(
            kind=draft.kind,
            about=draft.about,
            number=issue.number,
            edition=issue.edition,
            on=issue.on,
            until=draft.until,
            template=VERSION,
            key=signer.id,
            digest=fields.hex(),
            pdf=name,
            synthetic=issue.synthetic,
            shares=shares,
        )

    def open(self, paper: PaperIssued) -> bytes:
        """The paper as it was printed. Refused: ``paper-forgotten``, ``paper-missing``, ``record-damaged``."""
        return self.safe.take(paper.pdf, self._secrets(paper))

    def says(self, paper: PaperIssued, contents: Contents) -> bool:
        """Whether exactly this stands on the paper; False once somebody on it is forgotten."""
        try:
            salt = self.safe.salt(self._secrets(paper))
        except Gone:
            return False
        return digest(contents, salt).hex() == paper.digest

    def _secrets(self, paper: PaperIssued) -> list[str]:
        secrets = [share.value for share in paper.shares if share.value is not None]
        if len(secrets) < len(paper.shares):
            raise Gone("paper-forgotten")
        return secrets
