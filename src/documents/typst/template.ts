/**
 * The one template of every paper, in Typst. It reads `/set/paper.json` (lower.ts) and `/set/attached.json`, and nothing else;
 * a text of the data becomes text and never markup, because it is inserted as a string.
 *
 * Two faces: Noto Serif to read, Noto Sans for headings, tables and drawings, whose figures are of one width. Black, two
 * greys and one dark red, which never tells anything alone: what failed is also filled, what passed is also hollow.
 */
export const TEMPLATE = String.raw`
#let paper = json("/set/paper.json")
#let attached = json("/set/attached.json")
#let sans = ("Noto Sans", "Noto Serif")
#let serif = ("Noto Serif", "Noto Sans")
#let ink = rgb("#161616")
#let quiet = rgb("#5a5a5a")
#let faint = rgb("#c9c9c9")
#let wash = rgb("#f1f1ef")
#let red = rgb("#8f2318")
#let hair = 0.5pt + faint
#let words = paper.words
#let (year, month, day, hour, minute, second) = paper.date

#set document(
  title: paper.title,
  author: "Kuager",
  keywords: (paper.id,),
  date: datetime(year: year, month: month, day: day, hour: hour, minute: minute, second: second),
)
#set text(font: serif, lang: paper.lang, size: 9.6pt, fill: ink, fallback: false, hyphenate: false, number-type: "lining")
#set par(leading: 0.6em, spacing: 0.9em, justify: false)

#let small(body, fill: quiet) = text(font: sans, size: 8pt, fill: fill, body)

#set page(
  paper: "a4",
  margin: (left: 25mm, right: 20mm, top: 23mm, bottom: 23mm),
  header-ascent: 6mm,
  footer-descent: 7mm,
  header: context {
    set par(leading: 0.5em)
    let first = counter(page).get().first() == 1
    if paper.banner != "" {
      block(width: 100%, inset: (x: 5pt, y: 3pt), stroke: 0.8pt + red, text(font: sans, size: 8.5pt, weight: "bold", fill: red, paper.banner))
    } else if not first {
      block(width: 100%, inset: (bottom: 3pt), stroke: (bottom: hair), small(paper.title))
    }
  },
  footer: context {
    let total = counter(page).final().first()
    let shown = words.page.replace("\u{e000}", str(counter(page).get().first())).replace("\u{e001}", str(total))
    block(width: 100%, inset: (top: 4pt), stroke: (top: hair), grid(
      columns: (1fr, auto), column-gutter: 8mm,
      small(paper.foot), small(fill: ink, shown),
    ))
  },
)

#for file in attached {
  pdf.attach(file.name, relationship: file.relationship, mime-type: file.media, description: file.description)
}

#let run(parts) = parts.map(one => if one.cut { box(one.text) } else { one.text }).join()

#let line-to-write-on = "_" * 12

#let inline(list) = {
  for one in list {
    let body = run(one.parts)
    if body == none { body = "" }
    if one.kind == "break" { linebreak() }
    else if one.kind == "strong" { strong(body) }
    else if one.kind == "code" { text(font: ("DejaVu Sans Mono", "Noto Sans"), size: 0.84em, body) }
    else if one.kind == "note" { footnote(text(font: sans, size: 7.5pt, body)) }
    else if one.kind == "blank" { line-to-write-on; " "; text(style: "italic", font: serif, size: 0.86em, fill: red)[(#body)] }
    else if one.kind == "mark" { "\u{a0}"; text(font: sans, size: 0.78em, weight: "semibold", fill: red)[\[#body\]] }
    else { body }
  }
}

#show heading: set text(font: sans, hyphenate: false)
#show heading.where(level: 1): it => block(above: 0pt, below: 5mm, { set par(leading: 0.5em); text(size: 17pt, weight: "bold", it.body) })
#show heading.where(level: 2): it => block(above: 5.2mm, below: 2.4mm, sticky: true, text(size: 11.5pt, weight: "bold", it.body))
#show heading.where(level: 3): it => block(above: 4.2mm, below: 2mm, sticky: true, text(size: 9.8pt, weight: "semibold", it.body))
#show figure: set block(breakable: true, above: 3.6mm, below: 4.2mm, width: 100%)
#show figure.where(kind: table): set figure.caption(position: top)
#show figure.caption: it => align(left, block(below: 1.6mm, text(font: sans, size: 8.5pt)[#strong[#it.supplement.text.split("\u{e000}").at(0)#context it.counter.display(it.numbering)#it.supplement.text.split("\u{e000}").at(1).] #it.body]))
#set footnote.entry(separator: line(length: 30mm, stroke: hair), gap: 0.5em)

#let table-of(it) = {
  set text(font: sans, size: 8.2pt, number-width: "tabular")
  set par(leading: 0.5em, spacing: 0.6em)
  let sides = it.aligns.map(one => if one == "number" { right } else { left })
  let body = table(
    columns: it.shares.map(one => one * 1fr),
    align: (x, y) => sides.at(x) + top,
    inset: (x: 3pt, y: 3pt),
    stroke: (x, y) => (bottom: if y == 0 { 0.8pt + ink } else { hair }),
    table.header(..it.heads.map(one => text(weight: "semibold", run(one)))),
    ..it.rows.map(row => {
      if row.group { (table.header(level: 2, repeat: false, table.cell(colspan: sides.len(), align: left, inline(row.cells.first()))),) }
      else { row.cells.map(one => table.cell(breakable: not row.whole, inline(one))) }
    }).flatten(),
  )
  if it.caption == "" { block(width: 100%, above: 2mm, below: 3.6mm, breakable: not it.whole, body) }
  else { show figure: set block(breakable: not it.whole); figure(align(left, body), caption: it.caption, kind: table, supplement: words.table) }
}

#let solid(width, height) = rect(width: width, height: height, fill: ink, stroke: none)
#let hollow(width, height) = rect(width: width, height: height, fill: white, stroke: 0.45pt + quiet)

#let key(mark, body) = box(inset: (right: 5mm), box(width: 4mm, height: 2mm, baseline: 5%, align(horizon, mark)) + h(1.2mm) + body)

#let drawing-of(d) = layout(size => {
  set text(font: sans, size: 7pt, number-width: "tabular")
  let left = 9mm
  let width = size.width - left - 1mm
  let height = 38mm
  let head = 9mm
  let at(x) = left + x * width
  block(width: 100%, height: head + height + 5mm, below: 2.4mm, breakable: false, {
    for one in d.edges {
      if one.lo >= 0 and one.hi >= 0 {
        place(dx: at(one.lo), dy: head - 2mm, rect(width: calc.max(0.6pt, (one.hi - one.lo) * width), height: height + 2mm, fill: rgb("#e3dcd2"), stroke: none))
      }
    }
    for one in d.levels {
      place(dx: left, dy: head + height * (1 - one.y), line(length: width, stroke: 0.4pt + faint))
      place(dx: 0pt, dy: head + height * (1 - one.y) - 3pt, box(width: left - 2mm, align(right, one.label)))
    }
    for one in d.bars {
      let gap = calc.min(0.6pt, one.w * width * 0.15)
      let wide = calc.max(0.3pt, one.w * width - gap)
      if one.failed > 0 { place(dx: at(one.x), dy: head + height * (1 - one.failed), solid(wide, height * one.failed)) }
      if one.passed > 0 { place(dx: at(one.x), dy: head + height * (1 - one.failed - one.passed), hollow(wide, height * one.passed)) }
    }
    for one in d.silent {
      place(dx: at(one.x), dy: head + height - 1.6mm, line(length: one.w * width, stroke: (paint: quiet, thickness: 0.7pt, dash: "dotted")))
    }
    place(dx: left, dy: head + height, line(length: width, stroke: 0.7pt + ink))
    for one in d.marks {
      place(dx: at(one.x), dy: head + height, line(length: 1.2mm, angle: 90deg, stroke: 0.6pt + ink))
      let wide = measure(text(font: sans, size: 7pt, one.label)).width
      place(dx: calc.min(at(one.x) - wide / 2, left + width - wide + 1mm), dy: head + height + 2mm, box(one.label))
    }
    // The start is named before its line and the end behind its own, where there is room; an end that is named before its
    // line stands above the start. So no line runs through a word.
    let last = d.edges.len() - 1
    let names = d.edges.enumerate().map(((row, one)) => {
      let body = text(font: sans, size: 7.2pt, weight: "semibold", fill: red, one.label)
      let wide = measure(body).width
      let before = at(one.x) - 1.2mm - wide
      let behind = at(one.x) + 1.2mm
      let has-room = behind + wide <= left + width
      let is-before = before >= 0pt and (row < last or not has-room)
      let dx = if is-before { before } else if has-room { behind } else { calc.max(0pt, left + width - wide) }
      (body: body, dx: dx, is-before: is-before)
    })
    let turned = names.len() > 1 and names.at(last).is-before
    for (row, one) in d.edges.enumerate() {
      if one.x >= 0 {
        let top = (if turned { last - row } else { row }) * 3.6mm + 0.6mm
        place(dx: at(one.x), dy: top, line(length: head + height - top, angle: 90deg, stroke: 0.9pt + red))
        place(dx: names.at(row).dx, dy: top, box(fill: white, names.at(row).body))
      }
    }
  })
  block(above: 1mm, below: 0mm, {
    key(solid(4mm, 2mm), d.words.failed)
    key(hollow(4mm, 2mm), d.words.passed)
    if d.silent.len() > 0 { key(line(length: 4mm, stroke: (paint: quiet, thickness: 0.7pt, dash: "dotted")), d.words.none) }
    if d.words.interval != "" { key(rect(width: 4mm, height: 2mm, fill: rgb("#e3dcd2"), stroke: none), d.words.interval) }
  })
  block(above: 1.8mm, below: 0mm, par(text(fill: quiet, d.words.axis)))
})

#let show-block(it) = {
  let kind = it.kind
  if kind == "heading" { heading(level: it.level, it.text) }
  else if kind == "paragraph" {
    if it.standing == "" { par(inline(it.text)) }
    else { block(width: 100%, inset: (left: 3mm), stroke: (left: 1.2pt + faint), above: 2.4mm, below: 2.4mm, par(text(font: sans, size: 8pt, weight: "bold", it.standing + ". ") + inline(it.text))) }
  }
  else if kind == "finding" {
    block(width: 100%, inset: (x: 4mm, y: 3.4mm), fill: wash, stroke: (left: 2pt + ink), above: 3mm, below: 4mm, par(text(size: 10.4pt, inline(it.text))))
  }
  else if kind == "list" {
    let items = it.items.map(inline)
    let body = if it.ordered { enum(..items, spacing: 0.7em, indent: 0pt, body-indent: 2mm) } else { list(..items, spacing: 0.7em, indent: 0pt, body-indent: 2mm, marker: [–]) }
    block(width: 100%, breakable: not it.whole, body)
  }
  else if kind == "facts" {
    set par(leading: 0.48em)
    block(width: 100%, above: 2.6mm, below: 3.4mm, breakable: not it.whole, grid(
      columns: (1fr, 2fr), column-gutter: 4mm, row-gutter: 2mm,
      ..it.rows.map(one => (text(font: sans, size: 8.4pt, fill: quiet, one.label), text(font: sans, size: 8.4pt, inline(one.value)))).flatten(),
    ))
  }
  else if kind == "table" { table-of(it) }
  else if kind == "chart" {
    figure(align(left, drawing-of(it.drawing)), alt: it.alt, caption: it.caption, kind: image, supplement: words.figure)
    table-of(it.table)
  }
  else if kind == "parties" {
    block(width: 100%, below: 5mm, inset: (left: 38%), for (role, lines) in it.rows {
      block(below: 3mm, { text(font: sans, size: 8.2pt, fill: quiet, role); linebreak(); lines.map(inline).join(linebreak()) })
    })
  }
  else if kind == "signature" {
    block(width: 100%, above: 8mm, breakable: false, grid(
      columns: (1fr, 2fr), column-gutter: 4mm, row-gutter: 6mm,
      ..it.rows.map(((label, value)) => (text(font: sans, size: 8.6pt, label), if value.len() == 0 { "_" * 34 } else { inline(value) })).flatten(),
    ))
  }
  else if kind == "page-break" { pagebreak(weak: true) }
  else { panic("a block of no known kind") }
}

#if paper.kicker != "" { block(below: 3.4mm, par(text(font: sans, size: 8.5pt, weight: "semibold", fill: quiet, paper.kicker))) }
#heading(level: 1, paper.title)
// Notes in a table move it to the next page, and its heading would stay behind: the two are one block.
#let held(head, body) = block(width: 100%, above: 5.2mm, below: 3.6mm, breakable: false, { show-block(head); show-block(body) })
#let at = 0
#while at < paper.blocks.len() {
  let one = paper.blocks.at(at)
  let next = paper.blocks.at(at + 1, default: (kind: ""))
  let both = one.kind == "heading" and next.kind == "table" and next.whole
  if both { held(one, next) } else { show-block(one) }
  at += if both { 2 } else { 1 }
}
`
