"""Makes the files of this folder, with nothing but the standard library: `python3 make.py`."""

import pathlib
import zipfile
import zlib

HERE = pathlib.Path(__file__).parent


def put(name, content):
    content = content if isinstance(content, bytes) else content.encode()
    (HERE / name).write_bytes(content)


def archive(name, parts, first=None):
    with zipfile.ZipFile(HERE / name, "w", zipfile.ZIP_DEFLATED) as file:
        if first:
            file.writestr(zipfile.ZipInfo(*first[:1]), first[1])
        for path, content in parts.items():
            info = zipfile.ZipInfo(path)
            info.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(info, content)


def text():
    put("plain.txt", "Grüße aus Köln\r\n\r\n\r\n\r\nZweite Zeile  \r\n")
    put("latin1.txt", "Die Straße war schön, die Bäume grün.\n".encode("latin-1"))
    put("cyrillic.txt", "Москва — столица России, крупнейший город страны.\n".encode("windows-1251"))
    put("utf16.txt", "\ufeffUTF-16 text: naïve café\n".encode("utf-16-le"))
    put("notes.md", "# Heading\n\nSome *text* with a [link](https://example.com).\n")
    put("table.csv", 'Name;Ort;Betrag\n"Müller; Anna";Köln;"1.234,50"\n"two\nlines";"say ""hi""";\n')
    put("table.tsv", "a\tb\nc d\te\n")
    put("data.json", '{"name": "Ada \\"L.\\" \\u00e9\\ud83d\\ude00", "tags": ["one", "two"], "age": 36.5, "ok": true, "none": null}\n')
    put("subtitles.srt", "1\n00:00:01,000 --> 00:00:02,000\n<i>Hello</i> there\n\n2\n00:00:03,000 --> 00:00:04,500\n{\\an8}2001 was &amp; is\n")
    put("subtitles.vtt", "WEBVTT - title\n\nNOTE hidden\nhidden too\n\nintro\n00:01.000 --> 00:02.000 align:start\n<v Ann>Hello <c.red>you</c>\n\n00:02.000 --> 00:03.000\nHello you\nBye\n")
    put("page.html", """<!DOCTYPE html><html><head><meta charset="windows-1252"><title>The Caf\u00e9 &amp; Bar</title>
<meta name="description" content="What we serve"><style>p { color: red }</style><script>if (a < b) alert("</p>")</script></head>
<body><h1>Welcome</h1><p>One <b>bo</b>ld&nbsp;word, 3 &lt; 4 &euro; &#8364;<br>next line</p><!-- hidden --><ul><li>first<li>second</ul>
<img src="a.png" alt="A picture of > a dog"><table><tr><td>a</td><td>b</td></tr></table><pre>  keep
  this</pre><svg><text>not this</text></svg></body></html>""".encode("windows-1252"))
    put("feed.xml", '<?xml version="1.0" encoding="ISO-8859-1"?>\n<!DOCTYPE r [<!ENTITY x "boom">]>\n<r><name>Zo\xeb</name><city>S\xe3o &amp; Paulo &#233; &x;</city><![CDATA[raw <b>]]></r>\n'.encode("latin-1"))
    put("drawing.svg", '<svg xmlns="http://www.w3.org/2000/svg"><style>.a{}</style><title>Plan</title><text>One <tspan>two</tspan></text></svg>\n')
    put("letter.rtf", b"{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0\\fswiss Arial;}{\\f1\\fcharset204 Arial Cyr;}}{\\colortbl;\\red0;}"
        b"{\\*\\generator Tool;}\\pard Caf\\'e9 \\b bold\\b0  \\u8364? and \\u-10179?\\u-8704? smile\\par Second\\tab cell\\line \\{x\\}"
        b"{\\f1 \\'cc\\'ee\\'f1\\'ea\\'e2\\'e0}{\\pict 89504e47}{\\field{\\*\\fldinst HYPERLINK \"x\"}{\\fldrslt link}}\\par}")
    put("letter.eml", ("From: =?utf-8?q?J=C3=B6rg?= <joerg@example.com>\r\nTo: Ann <ann@example.com>\r\nSubject: =?utf-8?b?R3LDvMOfZQ==?=\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\nSch=F6nen Tag=\r\n!\r\n--b\r\nContent-Type: image/png; name=\"photo.png\"\r\n"
        "Content-Disposition: attachment; filename=\"photo.png\"\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0=\r\n--b--\r\n"))


def office():
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="urn:mc"'
    archive("letter.docx", {
        "[Content_Types].xml": "<Types/>",
        "word/document.xml": f"""<?xml version="1.0" encoding="UTF-8"?><w:document {w}><w:body>
<w:p><w:r><w:t>Dear </w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">Zoë &amp; Bob</w:t></w:r></w:p>
<w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>
<w:tbl><w:tr><w:tc><w:p><w:r><w:t>cell</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
<w:p><mc:AlternateContent><mc:Choice><w:r><w:t>once</w:t></w:r></mc:Choice><mc:Fallback><w:r><w:t>twice</w:t></w:r></mc:Fallback></mc:AlternateContent></w:p>
</w:body></w:document>""",
        "word/footnotes.xml": f"<w:footnotes {w}><w:footnote><w:p><w:r><w:t>A footnote</w:t></w:r></w:p></w:footnote></w:footnotes>",
        "word/header1.xml": f"<w:hdr {w}><w:p><w:r><w:t>Head</w:t></w:r></w:p></w:hdr>",
        "word/styles.xml": f"<w:styles {w}><w:t>no</w:t></w:styles>",
    })
    a = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:p="urn:p"'
    slide = lambda text: f"<p:sld {a}><a:p><a:r><a:t>{text}</a:t></a:r><a:fld><a:t>7</a:t></a:fld></a:p></p:sld>"
    archive("talk.pptx", {f"ppt/slides/slide{n}.xml": slide(f"Slide {n}") for n in (10, 2, 1)} | {
        "ppt/notesSlides/notesSlide1.xml": slide("Say hello"), "ppt/slideMasters/slideMaster1.xml": slide("no")})
    archive("table.xlsx", {
        "xl/workbook.xml": '<workbook><sheets><sheet name="Ausgaben &amp; mehr" sheetId="1"/></sheets></workbook>',
        "xl/sharedStrings.xml": "<sst><si><t>Name</t></si><si><r><t>Mü</t></r><r><t>ller</t></r><rPh><t>x</t></rPh></si></sst>",
        "xl/worksheets/sheet1.xml": '<worksheet><sheetData><row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>'
            '<row><c><v>12.5</v></c><c t="b"><v>1</v></c><c t="s"><v>99</v></c><c t="inlineStr"><is><t>in line</t></is></c><c t="str"><f>A1</f><v>result</v></c></row></sheetData></worksheet>',
    })
    odf = ('<?xml version="1.0"?><office:document-content xmlns:office="o" xmlns:text="t" xmlns:table="b"><office:automatic-styles>no</office:automatic-styles>'
        "<office:body>%s</office:body></office:document-content>")
    archive("letter.odt", {"content.xml": odf % "<office:text><text:tracked-changes><text:p>gone</text:p></text:tracked-changes><text:h>Title</text:h>\n"
        '<text:p>One<text:s text:c="2"/>two<text:tab/>three<text:line-break/>four <text:span>Zoë</text:span></text:p></office:text>',
        "META-INF/manifest.xml": "<manifest/>"}, first=("mimetype", "application/vnd.oasis.opendocument.text"))
    archive("table.ods", {"content.xml": odf % "<office:spreadsheet><table:table><table:table-row><table:table-cell><text:p>a</text:p><text:p>b</text:p></table:table-cell>"
        "<table:table-cell/><table:table-cell><text:p>c</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell><text:p>d</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet>"})
    archive("secret.odt", {"content.xml": b"\x00\x01", "META-INF/manifest.xml": "<manifest><file-entry><encryption-data/></file-entry></manifest>"})
    chapter = lambda text: f"<html xmlns='x'><head><title>t</title></head><body><h1>{text}</h1><p>Words of {text}.</p></body></html>"
    archive("book.epub", {
        "META-INF/container.xml": '<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
        "OEBPS/book.opf": '<package xmlns:dc="d"><metadata><dc:title>A Book</dc:title><dc:creator>An Author</dc:creator></metadata><manifest>'
            '<item id="b" href="text/b%20b.xhtml"/><item id="a" href="text/a.xhtml"/></manifest><spine><itemref idref="b"/><itemref idref="a"/><itemref idref="b"/></spine></package>',
        "OEBPS/text/a.xhtml": chapter("Second"), "OEBPS/text/b b.xhtml": chapter("First"),
    }, first=("mimetype", "application/epub+zip"))


def stream(entries, content):
    packed = zlib.compress(content)
    return b"<< %s /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (entries, len(packed), packed)


def pdf(objects, trailer, packed=()):
    """A file of objects, with an object stream of those that are packed, and a table in the form that fits."""
    out, at = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), {}
    packed = dict(packed)
    if packed:
        index, body = b"", b""
        for number, content in packed.items():
            index += b"%d %d " % (number, len(body))
            body += content + b"\n"
        objects = objects | {90: stream(b"/Type /ObjStm /N %d /First %d" % (len(packed), len(index)), index + body)}
    for number, content in objects.items():
        at[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    if packed:
        places = {n: (1, at[n], 0) for n in at} | {n: (2, 90, i) for i, n in enumerate(packed)} | {91: (1, start, 0)}
        rows = b"".join(bytes([0]) + bytes(4) if n not in places else bytes([places[n][0]]) + places[n][1].to_bytes(3, "big") + bytes([places[n][2]]) for n in range(92))
        out += b"91 0 obj\n" + stream(b"/Type /XRef /W [1 3 1] /Size 92 %s" % trailer, rows) + b"\nendobj\n"
    else:
        size = max(at) + 1
        out += b"xref\n0 %d\n" % size + b"0000000000 65535 f \n"
        out += b"".join(b"%010d 00000 n \n" % at[n] if n in at else b"0000000000 65535 f \n" for n in range(1, size))
        out += b"trailer\n<< /Size %d %s >>\n" % (size, trailer)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


MEANINGS = b"""/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange
3 beginbfchar <0001> <004B> <0002> <00F6> <0009> <00660069> endbfchar 1 beginbfrange <0003> <0004> <006C> endbfrange endcmap"""


def pdfs():
    first = rb"""BT /F1 12 Tf 72 720 Td (Two pages) Tj 0 -14 Td [(W) 80 (orld of ) (w) -20 (ords) -400 (apart)] TJ
0 -14 Td (Caf\351 \200 o\001ce \(par\051) Tj 120 0 Td (far) Tj ET
q 1 0 0 1 72 600 cm BT /F2 12 Tf <00010002000300080009> Tj ET Q
BT /F1 12 Tf 1 0 0 1 72 500 Tm (up) Tj 1 0 0 1 84.8 504 Tm /F1 7 Tf (2) Tj ET BI /W 1 /H 1 /BPC 8 /CS /G ID zzEIz EI /Fm Do
/Span << /ActualText (\376\377\000s\000a\000i\000d) >> BDC BT /F1 12 Tf 72 400 Td (drawn) Tj ET EMC"""
    second = rb"BT /F1 12 Tf 14 TL 72 720 Td (Second page) Tj T* (next line) Tj (after) ' ET"
    widths = b"/FirstChar 32 /LastChar 126 /Widths [" + b" ".join(b"278" if chr(c) in " !'(),./:;I[]fijlt|" else b"556" for c in range(32, 127)) + b"]"
    fonts = {
        5: b"<< /Type /Font /Subtype /TrueType /BaseFont /Helvetica /Encoding << /BaseEncoding /WinAnsiEncoding /Differences [1 /ffi] >> " + widths + b" >>",
        6: b"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [7 0 R] /ToUnicode 8 0 R >>",
        7: b"<< /Type /Font /Subtype /CIDFontType2 /DW 600 /W [1 [600 600] 3 9 550] >>",
    }
    tree = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 /Resources << /Font << /F1 5 0 R /F2 6 0 R >> /XObject << /Fm 11 0 R >> >> >>",
        3: b"<< /Type /Page /Parent 2 0 R /Contents [9 0 R] /Annots [12 0 R] >>",
        4: b"<< /Type /Page /Parent 2 0 R /Contents 10 0 R >>",
        12: rb"<< /Type /Annot /Subtype /Text /Contents (A note) >>",
    }
    streams = {
        8: stream(b"", MEANINGS), 9: stream(b"", first), 10: stream(b"", second),
        11: stream(b"/Subtype /Form /Matrix [1 0 0 1 72 450]", b"BT /F1 12 Tf (In a form) Tj ET /Fm Do"),
    }
    put("pages.pdf", pdf(tree | fonts | streams, b"/Root 1 0 R"))
    put("packed.pdf", pdf(streams, b"/Root 1 0 R", packed=(tree | fonts).items()))
    put("secret.pdf", pdf(tree | fonts | streams | {13: b"<< /Filter /Standard /V 2 /R 3 /O (x) /U (y) /P -4 >>"}, b"/Root 1 0 R /Encrypt 13 0 R"))
    put("circles.pdf", pdf({
        1: b"<< /Type /Catalog /Pages 2 0 R >>", 2: b"<< /Type /Pages /Kids [3 0 R 2 0 R 4 0 R] /Parent 2 0 R /Resources 5 0 R >>",
        3: b"<< /Type /Pages /Kids [2 0 R 4 0 R 3 0 R] >>", 4: b"<< /Type /Page /Contents 6 0 R >>", 5: b"5 0 R",
        6: stream(b"/Length2 6 0 R", b"BT (x) Tj ET"), 7: b"8 0 R", 8: b"7 0 R",
    }, b"/Root 1 0 R"))


text()
office()
pdfs()
