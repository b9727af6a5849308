"""One hostile server that plays each of the traps known of SRU servers, a test for each.

No record is lost, none invented, nothing hangs, and one bad target never harms another.
"""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable, Iterator
from xml.sax.saxutils import escape

import pytest
from pymarc import Field, Indicators, Leader, Record, Subfield

from techproc.errors import SourceUnavailable
from techproc.sources import gather
from techproc.sources.cache import AnswerStore, Cached
from techproc.sources.conversion import convert
from techproc.sources.cql import clause
from techproc.sources.identity import asked_for
from techproc.sources.sru import Refused, SruClient
from techproc.sources.sru_source import SruSource
from techproc.sources.targets import Target
from techproc.sources.transport import Limits, Network

SRW = "http://www.loc.gov/zing/srw/"
SLIM = "http://www.loc.gov/MARC21/slim"


def marcxml(record: Record, ns: str = SLIM, more: str = "") -> str:
    """Write a record as MARCXML by hand, so that nothing of ours is tested by itself."""
    out = [f'<record xmlns="{ns}"{more}><leader>{record.leader}</leader>']
    for field in record.fields:
        if field.control_field:
            out.append(f'<controlfield tag="{field.tag}">{escape(field.data)}</controlfield>')
        else:
            inner = "".join(
                f'<subfield code="{s.code}">{escape(s.value)}</subfield>' for s in field.subfields
            )
            one, two = field.indicators
            out.append(
                f'<datafield tag="{field.tag}" ind1="{one}" ind2="{two}">{inner}</datafield>'
            )
    return "".join([*out, "</record>"])


def diagnostic(code: int, message: str = "", details: str = "") -> str:
    return (
        f'<diagnostics><diagnostic xmlns="{SRW}diagnostic/"><uri>info:srw/diagnostic/1/{code}</uri>'
        f"<details>{details}</details><message>{message}</message></diagnostic></diagnostics>"
    )


class Hostile:
    """Answers as the trap named by the path does; `books` is what it holds."""

    def __init__(self, books: list[Record], answered) -> None:
        self.books = books
        self.answered = answered
        self.prefix = "zs:"
        self.ns = SRW

    def __call__(self, request):
        return getattr(self, "trap" + request.path.strip("/").replace("/", "_"))(request)

    def hits(self, request) -> list[Record]:
        query = request.query.get("query", "")
        wanted = set(re.findall(r"[0-9]{9,13}X?", query))
        if not wanted:
            return self.books
        return [
            book
            for book in self.books
            if any(
                s.value in wanted for f in book.fields if not f.control_field for s in f.subfields
            )
        ]

    def page(self, request, *, hits=None, cap=10**6, count=None, extra=None, wrap=None, schema=""):
        hits = self.hits(request) if hits is None else hits
        start = int(request.query.get("startRecord", 1))
        size = min(int(request.query.get("maximumRecords", 10)), cap)
        shown = hits[start - 1 : start - 1 + size]
        if not shown and start > 1:
            return self.respond(diagnostic(61), count=len(hits) if count is None else count)
        wrap = wrap or marcxml
        p = self.prefix
        inner = "".join(
            f"<{p}record><{p}recordSchema>{schema or 'marcxml'}</{p}recordSchema>"
            f"<{p}recordPacking>xml</{p}recordPacking>"
            f"<{p}recordData>{wrap(book)}</{p}recordData></{p}record>"
            for book in shown
        )
        body = f"<{p}records>{inner}</{p}records>" if inner else ""
        tail = extra(start, len(shown), len(hits)) if extra else ""
        return self.respond(body + tail, count=len(hits) if count is None else count)

    def respond(self, inner: str, count: int | None = None, status: int = 200):
        p = self.prefix
        counted = "" if count is None else f"<{p}numberOfRecords>{count}</{p}numberOfRecords>"
        declared = f' xmlns{":" + p[:-1] if p else ""}="{self.ns}"' if self.ns else ""
        return self.answered(
            f'<?xml version="1.0"?><{p}searchRetrieveResponse{declared}>'
            f"<{p}version>1.1</{p}version>{counted}{inner}</{p}searchRetrieveResponse>",
            status=status,
        )

    def trap1(self, request):
        return self.page(request)

    def trap2(self, request):
        def next_position(start, shown, total):
            return f"<zs:nextRecordPosition>{start + shown}</zs:nextRecordPosition>"

        return self.page(request, extra=next_position)

    def trap3(self, request):
        return self.respond(diagnostic(1, "General system error"))

    def trap4(self, request):
        return self.page(request, hits=self.books, count=7_793_152)

    def trap5(self, request):
        term = request.query["query"].partition("=")[2].strip()
        if " " in term and not term.startswith('"'):
            return self.respond(diagnostic(200812, "search terms must be quoted"))
        return self.page(request, hits=self.books[:1])

    def trap6(self, request):
        return self.page(request, cap=50)

    def trap6_none(self, request):
        request.query["maximumRecords"] = "100000"
        return self.page(request)

    def trap7(self, request):
        answer = self.page(request)
        first = re.search(r"<zs:recordData>.*?</zs:recordData>", answer.body, re.S)
        return self.answered(answer.body.replace(first.group(), "", 1))

    def trap8(self, request):
        if "query" in request.query:
            return self.respond(diagnostic(11, "Unsupported query type"))
        request.query["query"] = request.query["x-pquery"]
        return self.page(request)

    def trap8_path(self, request):
        return self.respond(diagnostic(235, "Database does not exist"))

    def trap11(self, request):
        self.ns = "http://www.loc.gov/zing/srw"
        return self.page(request)

    def trap12(self, request):
        return self.page(request)

    def trap14(self, request):
        if int(request.query["startRecord"]) > 100:
            return self.respond(diagnostic(61), count=len(self.books))
        return self.page(request)

    def trap15(self, request):
        return self.page(request, count=1000)

    def trap16(self, request):
        return self.answered("<html>Bad Gateway</html>", status=502)

    def trap18(self, request):
        return self.answered("<html>Forbidden</html>", status=403)

    def trap19(self, request):
        return self.page(request, wrap=lambda book: f'<record xmlns="{SLIM}"/>')

    def trap20(self, request):
        return self.page(request)

    def trap21(self, request):
        if "'" in request.query["query"] and '"' not in request.query["query"]:
            return self.respond(diagnostic(10, "Query syntax error"))
        return self.page(request, hits=self.books[:1])

    def trap22(self, request):
        def dc(book: Record) -> str:
            return (
                '<dc:dc xmlns:dc="info:srw/schema/1/dc-v1.1">'
                f"<title>{book['245']['a']}</title><identifier>ISBN {book['020']['a']}</identifier>"
                "<creator>Austen, Jane, 1775-1817</creator><date>1999</date></dc:dc>"
            )

        return self.page(request, wrap=dc, schema="info:srw/schema/1/marcxml-v1.1")

    def trap23(self, request):
        answer = self.page(request)
        answer.headers["Connection"] = "close"
        return answer

    def trap26(self, request):
        return self.answered("", status=302, headers={"Location": self.elsewhere})

    def trap27_huge(self, request):
        def flood(out) -> None:
            out.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n<a>")
            while True:
                out.write(b"x" * 65536)

        return self.answered(stream=flood)

    def trap27_drip(self, request):
        def drip(out) -> None:
            out.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n")
            for _ in range(600):
                out.write(b"<")
                out.flush()
                time.sleep(0.05)

        return self.answered(stream=drip)

    def trap27_head(self, request):
        def drip(out) -> None:
            out.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            for _ in range(600):
                out.write(b"z")
                out.flush()
                time.sleep(0.05)

        return self.answered(stream=drip)

    def trap27_silent(self, request):
        return self.answered(stream=lambda out: time.sleep(3))

    def trap27_lol(self, request):
        entities = '<!ENTITY a "lol">' + "".join(
            f'<!ENTITY {chr(98 + i)} "{("&" + chr(97 + i) + ";") * 10}">' for i in range(12)
        )
        return self.answered(
            f'<?xml version="1.0"?><!DOCTYPE r [{entities}]>'
            "<searchRetrieveResponse>&k;</searchRetrieveResponse>"
        )

    def trap27_file(self, request):
        text = (
            '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE r [<!ENTITY x SYSTEM '
            '"file:///etc/hostname">]><searchRetrieveResponse><numberOfRecords>1'
            "</numberOfRecords><diagnostics>&x;</diagnostics></searchRetrieveResponse>"
        )
        return self.answered(text.encode("utf-16"))

    def trap27_twice(self, request):
        request.query["startRecord"] = "1"
        return self.page(request)

    def trap28(self, request):
        answer = self.page(request)
        return self.answered(
            answer.body.encode().replace(b"MARC8", b"Dvo\xe9r\xe2ak &#27;(N\x61\x1b(B done")
        )


@pytest.fixture
def hostile(serve, made_book, answered) -> Iterator[Callable[..., tuple]]:
    """Start the hostile server with so many books; return it, its server and a target maker."""

    def start(count: int = 120):
        trap = Hostile([made_book(n) for n in range(count)], answered)
        server = serve(trap)

        def target(path: str, **more) -> Target:
            more = {"rate": 0.0, "version": "1.1", "isbn": "bath.isbn", "page": 10} | more
            return Target(key=f"trap{path}", url=f"{server.url}/{path}", **more)

        return trap, server, target

    yield start


def everything(client: SruClient, **more) -> tuple[list[str], list[str]]:
    """Return the control numbers of all records of a result, and the rules of its findings."""
    controls, rules = [], []
    for page in client.pages("cql.allRecords=1", **more):
        rules += [f.rule for f in page.findings]
        for position, received in enumerate(page.records, page.start):
            record, findings = convert(received, position, "t")
            rules += [f.rule for f in findings]
            if record is not None:
                controls.append(record["001"].data)
    return controls, rules


@pytest.mark.parametrize("path", ["1", "2", "6", "6_none", "11", "23"])
@pytest.mark.parametrize("size", [7, 10, 120, 500])
def test_every_record_of_a_result_comes_once(hostile, network, path, size) -> None:
    """Traps 1, 2, 6, 11, 23: pages are counted by what arrives, whatever the server says."""
    trap, _, target = hostile()
    controls, rules = everything(SruClient(target(path), network), size=size)
    assert controls == [b["001"].data for b in trap.books]
    assert rules == []


def test_trap_3_a_diagnostic_is_not_zero_hits(hostile, network, made_isbn) -> None:
    """A diagnostic in HTTP 200 leaves the ISBN unanswered: it is no confirmed miss."""
    _, _, target = hostile()
    answer = SruSource(target("3"), network).by_isbn([made_isbn(1)])
    assert answer.candidates == {}
    assert answer.unanswered == {made_isbn(1)}
    assert "General system error" in answer.unavailable


def test_trap_4_the_whole_catalogue_is_not_an_answer(hostile, network, made_isbn) -> None:
    """7.8 million hits for one ISBN are refused after one page, and nothing is attributed."""
    _, server, target = hostile()
    answer = SruSource(target("4"), network).by_isbn([made_isbn(1)])
    assert answer.candidates == {}
    assert "7793152 hits" in answer.unavailable
    assert len(server.requests) == 1


def test_trap_5_terms_of_several_words_are_quoted(hostile, network) -> None:
    """A title of several words is sent in quotes."""
    _, _, target = hostile()
    response = SruClient(target("5"), network).search(clause("alma.title", "war and peace"))
    assert response.count == 1


def test_trap_7_a_record_without_data_is_named_and_the_others_kept(
    hostile, network, made_isbn
) -> None:
    """The ISBN whose record never came is unanswered, not missing; the other one is there."""
    _, _, target = hostile()
    answer = SruSource(target("7"), network).by_isbn([made_isbn(1), made_isbn(2)])
    assert [len(found) for found in answer.candidates.values()] == [1]
    assert answer.unanswered == {made_isbn(1)}
    assert [f.rule for f in answer.findings] == ["sources.no-record-data"]


def test_trap_8_a_server_without_cql_takes_pqf(hostile, network, made_isbn) -> None:
    """x-pquery is used where the target says so; diagnostic 11 and 235 are refusals."""
    _, _, target = hostile()
    pqf = SruSource(target("8", query="pqf", isbn="@attr 1=7"), network).by_isbn([made_isbn(3)])
    assert len(pqf.candidates[made_isbn(3)]) == 1
    for path, code in (("8", 11), ("8_path", 235)):
        with pytest.raises(Refused) as refusal:
            SruClient(target(path), network).search("x")
        assert refusal.value.has(code)


def test_trap_9_a_cross_reference_is_another_book(hostile, network, made_isbn) -> None:
    """A record that has the ISBN only in a linking field is a finding, not a hit."""
    trap, _, target = hostile(3)
    trap.books[1].fields.append(
        Field(tag="776", indicators=Indicators("0", "8"), subfields=[Subfield("z", made_isbn(50))])
    )
    answer = SruSource(target("1"), network).by_isbn([made_isbn(50)])
    assert answer.candidates == {made_isbn(50): []}
    assert [f.rule for f in answer.findings] == ["sources.isbn-not-claimed"]


def test_trap_10_component_parts_are_left_out(hostile, network, made_isbn) -> None:
    """An article that carries its host's ISBN is a finding."""
    trap, _, target = hostile(3)
    trap.books[1].leader = Leader("00000naa a2200000 i 4500")
    answer = SruSource(target("1"), network).by_isbn([made_isbn(1)])
    assert answer.candidates == {made_isbn(1): []}
    assert [f.rule for f in answer.findings] == ["sources.component-part"]


@pytest.mark.parametrize("prefix", ["", "srw:", "ns2:"])
def test_trap_12_any_prefix_will_do(hostile, network, prefix) -> None:
    """Elements are known by their names, not by a prefix."""
    trap, _, target = hostile(25)
    trap.prefix = prefix
    controls, _ = everything(SruClient(target("12"), network))
    assert len(controls) == 25


def test_trap_13_unimarc_in_marcxchange_becomes_marc21(hostile, network) -> None:
    """MarcXchange v2 with UNIMARC is converted, and what is dropped is named."""
    trap, _, target = hostile(1)
    unimarc = Record()
    unimarc.leader = Leader("00000nam  2200000   450 ")
    rows = {
        "010": [("a", "2-07-036002-4"), ("b", "br.")],
        "100": [("a", "19990101d1942    m  y0frey50      ba")],
        "101": [("a", "fre")],
        "102": [("a", "FR")],
        "200": [("a", "\x98L'\x9cétranger"), ("e", "roman"), ("f", "Albert Camus")],
        "210": [("a", "Paris"), ("c", "Gallimard"), ("d", "1971")],
        "215": [("a", "179 p."), ("d", "18 cm")],
        "225": [("a", "Collection Folio"), ("v", "2")],
        "606": [("a", "Roman"), ("2", "rameau")],
        "676": [("a", "843.912"), ("v", "22")],
        "700": [("a", "Camus"), ("b", "Albert"), ("f", "1913-1960"), ("4", "070")],
        "995": [("a", "local")],
    }
    unimarc.fields.append(Field(tag="001", data="FRBNF1"))
    for tag, subfields in rows.items():
        first, second = ("1", " ") if tag == "200" else (" ", "1") if tag == "700" else (" ", " ")
        unimarc.fields.append(
            Field(
                tag=tag,
                indicators=Indicators(first, second),
                subfields=[Subfield(*s) for s in subfields],
            )
        )
    trap.books[:] = [unimarc]
    space = "info:lc/xmlns/marcxchange-v2"
    trap.trap13 = lambda request: trap.page(
        request, hits=trap.books, wrap=lambda b: marcxml(b, space, ' format="UNIMARC"')
    )
    answer = SruSource(target("13"), network).by_isbn(["9782070360024"])
    (candidate,) = answer.candidates["9782070360024"]
    record = candidate.record
    assert str(record["245"]) == "=245  12$aL'étranger :$broman /$cAlbert Camus."
    assert str(record["100"]) == "=100  1\\$aCamus, Albert,$d1913-1960$4aut"
    assert str(record["264"]) == "=264  \\1$aParis :$bGallimard,$c1971"
    assert str(record["300"]) == "=300  \\\\$a179 p. ;$c18 cm"
    assert str(record["490"]) == "=490  0\\$aCollection Folio ;$v2"
    assert str(record["082"]) == "=082  04$a843.912$222"
    assert str(record["650"]) == "=650  \\7$aRoman$2rameau"
    fixed = record["008"].data
    assert (len(fixed), fixed[6:18], fixed[35:38]) == (40, "s1942    fr ", "fre")
    assert [f.message for f in candidate.findings if f.rule == "sources.converted-unimarc"] == [
        "the record is UNIMARC and was converted to MARC 21; 1 value found no place: 995$a"
    ]


def test_trap_14_a_depth_that_cannot_be_reached_is_said(hostile, network) -> None:
    """Diagnostic 61 in the midst ends a result with what came, and a finding."""
    _, _, target = hostile()
    controls, rules = everything(SruClient(target("14"), network))
    assert len(controls) == len(set(controls)) == 100
    assert rules == ["sources.result-cut"]


@pytest.mark.parametrize("held", [1000, 1001, 1150])
def test_trap_15_a_capped_count_loses_nothing(hostile, network, held) -> None:
    """A round count is looked beyond once; when there is more, all of it comes."""
    _, _, target = hostile(held)
    controls, rules = everything(SruClient(target("15"), network), size=100)
    assert len(controls) == len(set(controls)) == held
    assert ("sources.count-capped" in rules) == (held > 1000)


def test_traps_16_and_17_one_bad_source_never_harms_another(hostile, network, made_isbn) -> None:
    """A 502, a refused connection and a fault in code leave the good sources' answers whole."""
    _, _, target = hostile()

    class Faulty:
        key = "faulty"

        def by_isbn(self, isbns):
            raise ZeroDivisionError("a bug")

    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = Target(key="nobody", url=f"http://127.0.0.1:{closed.getsockname()[1]}", isbn="x")
    sources = [
        SruSource(target("16"), network),
        Faulty(),
        SruSource(nobody, network),
        SruSource(target("3"), network),
        SruSource(target("1"), network),
    ]
    gathered = gather([made_isbn(1), made_isbn(2)], sources)
    assert set(gathered.unavailable) == {"trap16", "faulty", "nobody", "trap3"}
    assert [len(gathered.of(made_isbn(n))) for n in (1, 2)] == [1, 1]
    assert "fails on its side (502)" in gathered.unavailable["trap16"]
    assert "refused" in gathered.unavailable["nobody"]


def test_trap_18_a_refusal_is_taken_for_one(hostile, network, made_isbn) -> None:
    """A 403 is not asked again and again; it is no answer about the ISBN."""
    _, server, target = hostile()
    answer = SruSource(target("18"), network).by_isbn([made_isbn(1)])
    assert "403" in answer.unavailable
    assert answer.candidates == {}
    assert len(server.requests) == 1


def test_trap_19_empty_records_are_no_records(hostile, network, made_isbn) -> None:
    """A record without fields is a finding and leaves the ISBN unanswered."""
    _, _, target = hostile()
    answer = SruSource(target("19"), network).by_isbn([made_isbn(1)])
    assert answer.candidates == {}
    assert [f.rule for f in answer.findings] == ["sources.empty-record"]


def test_trap_20_decomposed_text_is_composed_and_said(hostile, network, made_book) -> None:
    """DNB's decomposed text comes out composed, once per record as information."""
    trap, _, target = hostile(1)
    trap.books[:] = [made_book(1, f245="U\u0308ber Bu\u0308cher")]
    (page,) = SruClient(target("20"), network).pages("x")
    record, findings = convert(page.records[0], 1, "t")
    assert record["245"]["a"] == "\u00dcber B\u00fccher"
    assert [f.rule for f in findings] == ["sources.decomposed"]


def test_trap_21_apostrophes_are_quoted(hostile, network) -> None:
    """O'Brien goes out in quotes."""
    _, _, target = hostile()
    assert SruClient(target("21"), network).search(clause("author", "O'Brien")).count == 1


def test_trap_22_a_wrong_schema_is_seen_and_converted(hostile, network, made_isbn) -> None:
    """Dublin Core that calls itself MARCXML is converted, and the candidate says so."""
    _, _, target = hostile()
    answer = SruSource(target("22", forms="13"), network).by_isbn([made_isbn(4)])
    (candidate,) = answer.candidates[made_isbn(4)]
    assert [f.rule for f in candidate.findings] == ["sources.converted-dc"]
    assert str(candidate.record["100"]) == "=100  1\\$aAusten, Jane,$d1775-1817"
    assert str(candidate.record.leader)[17] == "3"


def test_trap_23_connections_are_kept_where_the_server_lets_us(hostile, network) -> None:
    """Twelve pages take one connection; where the server closes each, all pages still come."""
    _, server, target = hostile()
    everything(SruClient(target("1"), network))
    assert len({r.connection for r in server.requests}) == 1
    controls, _ = everything(SruClient(target("23"), network))
    assert len(controls) == 120


def test_trap_24_digits_of_other_scripts_are_no_isbn() -> None:
    """Digits that pass `isdigit` and are not ASCII are refused, not sent."""
    good, findings = asked_for(["٩٧٨٠٢٦٢٠٠٠٠١٢", "９７８０２６２００００１２"])
    assert good == []
    assert [f.rule for f in findings] == ["sources.isbn-invalid"] * 2


def test_trap_25_a_refusal_is_never_cached_as_a_miss(hostile, network, made_isbn, tmp_path) -> None:
    """After a 403 the ISBN is asked again; after a stated miss it is not, until that expires."""
    trap, server, target = hostile()
    moment = [0.0]
    with AnswerStore(tmp_path / "a.sqlite", miss_age=60, now=lambda: moment[0]) as store:
        source = Cached(SruSource(target("25"), network), store)
        trap.trap25 = trap.trap18
        assert source.by_isbn([made_isbn(1)]).unanswered
        trap.trap25 = lambda request: trap.page(request, hits=[])
        assert source.by_isbn([made_isbn(1)]).candidates == {made_isbn(1): []}
        asked = len(server.requests)
        source.by_isbn([made_isbn(1)])
        assert len(server.requests) == asked
        moment[0] = 61
        trap.trap25 = trap.trap1
        assert len(source.by_isbn([made_isbn(1)]).candidates[made_isbn(1)]) == 1


def test_trap_26_redirects_to_another_host_are_not_followed(
    hostile, network, made_isbn, serve, answered
) -> None:
    """The other host is never asked; a redirect on the same host is followed."""
    trap, server, target = hostile()
    other = serve(lambda request: answered("<x/>"))
    trap.elsewhere = other.url.replace("127.0.0.1", "localhost") + "/1"
    answer = SruSource(target("26"), network).by_isbn([made_isbn(1)])
    assert "another host" in answer.unavailable
    assert other.requests == []
    trap.elsewhere = server.url + "/1?query=" + made_isbn(1) + "&startRecord=1&maximumRecords=5"
    answer = SruSource(target("26"), network).by_isbn([made_isbn(1)])
    assert len(answer.candidates[made_isbn(1)]) == 1


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("27_drip", "did not end|no answer"),
        ("27_head", "broke|no answer"),
        ("27_silent", "no answer"),
    ],
)
def test_trap_27_slow_answers_end_at_the_deadline(hostile, made_isbn, path, why) -> None:
    """A drip in the body, a drip in the head and silence all end in time."""
    _, _, target = hostile()
    limits = Limits(rate=0, timeout=0.4, deadline=1.0, attempts=2)
    began = time.monotonic()
    with Network(limits=limits) as network:
        answer = SruSource(target(path), network, limits=limits).by_isbn([made_isbn(1)])
    assert time.monotonic() - began < 2.5
    assert re.search(why, answer.unavailable)
    assert answer.candidates == {}


def test_trap_27_a_flood_is_cut_off(hostile, network, made_isbn) -> None:
    """A never-ending answer is left at the cap of bytes."""
    _, _, target = hostile()
    limits = Limits(rate=0, max_bytes=1 << 20, attempts=2)
    answer = SruSource(target("27_huge"), network, limits=limits).by_isbn([made_isbn(1)])
    assert "larger than 1048576 bytes" in answer.unavailable


@pytest.mark.parametrize("path", ["27_lol", "27_file"])
def test_trap_27_documents_with_a_doctype_are_refused(hostile, network, path) -> None:
    """Entity expansion and external entities are refused unread, in any encoding."""
    _, _, target = hostile()
    with pytest.raises(SourceUnavailable, match=r"DOCTYPE|not XML"):
        SruClient(target(path), network).search("x")


def test_trap_27_a_page_that_repeats_ends_the_result(hostile, network) -> None:
    """A server that ignores startRecord gives its one page once, and a finding."""
    _, server, target = hostile()
    controls, rules = everything(SruClient(target("27_twice"), network))
    assert len(controls) == len(set(controls)) == 10
    assert rules == ["sources.same-page"]
    assert len(server.requests) == 2


def test_trap_28_marc8_in_xml_is_decoded(hostile, network, made_book) -> None:
    """MARC-8 bytes and escapes in the XML are decoded; the other records of the page are whole."""
    trap, _, target = hostile(1)
    trap.books[:] = [made_book(1), made_book(2, f245="MARC8"), made_book(3)]
    (page,) = SruClient(target("28"), network).pages("x")
    read = [convert(r, n, "t") for n, r in enumerate(page.records, 1)]
    assert [record["245"]["a"] for record, _ in read] == [
        "Book number 1.",
        "Dvo\u0159\u00e1k \u0410 done",
        "Book number 3.",
    ]
    assert [f.rule for f in read[1][1]] == ["sources.marc8-in-xml"]
    assert read[0][1] == read[2][1] == ()
