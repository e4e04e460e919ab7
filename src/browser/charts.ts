// A classic script without imports, so that it runs from a server, a folder and a USB stick alike. On a figure with a
// time axis it tells exact values by pointer and keyboard and shows a part of the time larger. All it says is on the
// page already: in the table below the drawing, in the legend, in attributes of the figure. It sends no request.
;(() => {
  interface Point {
    readonly at: number
    readonly text: string
  }
  interface Plot {
    readonly svg: SVGSVGElement
    readonly left: number
    readonly right: number
    /** Puts everything that has a time where it belongs while `from` to `until` are shown. */
    show(from: number, until: number): void
    /** Marks a time; undefined: none. */
    point(at: number | undefined): void
  }

  const SVG = 'http://www.w3.org/2000/svg'
  const LARGEST = 32
  /** Names of lanes and levels stay where they are. */
  const FIXED = '.bt, .c2, .end'
  /** A mark this near to the pointer, in pixels of the screen, is the one that is meant. */
  const NEAR = 9

  const ZOOMS = [
    ['in', '+', 2],
    ['out', '\u2212', 0.5],
    ['all', '', 0],
  ] as const

  const numberOf = (element: Element, name: string): number => Number(element.getAttribute(name))

  for (const figure of document.querySelectorAll<HTMLElement>('figure[data-from]')) enhance(figure)

  function enhance(figure: HTMLElement): void {
    const [first, last] = [Number(figure.dataset['from']), Number(figure.dataset['until'])]
    const points = pointsOf(figure)
    const plots = [...figure.querySelectorAll<SVGSVGElement>('svg[data-plot]')].map((svg) => plotOf(svg, first, last))
    const said = document.createElement('span')
    said.className = 'readout'
    said.setAttribute('aria-live', 'polite')
    said.textContent = figure.dataset['keys'] ?? ''
    let [from, until, index] = [first, last, -1]

    const say = (at: number, text: string): void => {
      said.textContent = text
      said.className = 'readout said'
      for (const plot of plots) plot.point(at)
    }
    const show = (middle: number, length: number): void => {
      const shown = Math.min(last - first, Math.max((last - first) / LARGEST, length))
      from = Math.min(last - shown, Math.max(first, middle - shown / 2))
      until = from + shown
      for (const plot of plots) plot.show(from, until)
    }
    const zoom = (factor: number): void => show(points[index]?.at ?? (from + until) / 2, (until - from) / factor)
    const step = (to: number): void => {
      index = Math.min(points.length - 1, Math.max(0, to))
      const point = points[index]
      if (point === undefined) return
      if (point.at < from || point.at > until) show(point.at, until - from)
      say(point.at, point.text)
    }
    const keys: Record<string, () => void> = {
      ArrowRight: () => step(index + 1),
      ArrowLeft: () => step(index < 0 ? points.length - 1 : index - 1),
      Home: () => step(0),
      End: () => step(points.length - 1),
      '+': () => zoom(2),
      '=': () => zoom(2),
      '-': () => zoom(0.5),
      '0': () => zoom(0),
    }
    for (const plot of plots) {
      const { svg, left, right } = plot
      svg.setAttribute('tabindex', '0')
      svg.setAttribute('role', 'application')
      svg.addEventListener('keydown', (event) => {
        const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key]
        if (act === undefined) return
        event.preventDefault()
        act()
      })
      const look = (event: PointerEvent): void => {
        const box = svg.getBoundingClientRect()
        const x = ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width
        const timeAt = (place: number): number => from + ((place - left) / (right - left)) * (until - from)
        if (x < left || x > right) return
        const mark = nearest(svg, event)
        if (mark === undefined) {
          const at = timeAt(x)
          const near = points.findLastIndex((one) => one.at <= at)
          index = Math.max(0, near)
          say(at, `${clock(figure, at)}. ${points[index]?.text ?? ''}`)
        } else {
          const at = timeAt(mark.x)
          say(at, `${clock(figure, at)}: ${figure.dataset[mark.word] ?? ''}`)
        }
      }
      svg.addEventListener('pointermove', look)
      svg.addEventListener('pointerdown', look)
    }
    const buttons = document.createElement('p')
    buttons.className = 'zoom'
    for (const [name, sign, factor] of ZOOMS) {
      const button = document.createElement('button')
      button.type = 'button'
      button.className = 'btn'
      button.textContent = sign === '' ? (figure.dataset[name] ?? '') : sign
      button.setAttribute('aria-label', figure.dataset[name] ?? '')
      button.addEventListener('click', () => zoom(factor))
      buttons.append(button)
    }
    buttons.append(said)
    plots.at(-1)?.svg.after(buttons)
  }

  /** Rows of the table in its own words, and what is dated next to them, by time. */
  function pointsOf(figure: HTMLElement): readonly Point[] {
    const heads = [...figure.querySelectorAll('thead th')].map((head) => head.textContent)
    const rows = [...figure.querySelectorAll<HTMLElement>('tr[data-at]')].map((row) => ({
      at: Number(row.dataset['at']),
      text: [...row.children]
        .map((cell, column) =>
          column === 0 ? cell.textContent.trim() : `${heads[column] ?? ''}: ${cell.textContent.trim()}`,
        )
        .join('. '),
    }))
    const dated = [...figure.querySelectorAll<HTMLElement>('[data-note]')].map((note) => ({
      at: Number(note.dataset['note']),
      text: note.textContent.trim(),
    }))
    return [...rows, ...dated].toSorted((a, b) => a.at - b.at)
  }

  const WORDS = { no: 'failed', ok: 'passed', slow: 'slow', ctn: 'control' } as const

  /** The mark of a measurement under the pointer, with the place of its middle and the name of its word. */
  function nearest(svg: SVGSVGElement, event: PointerEvent): { readonly x: number; readonly word: string } | undefined {
    const box = svg.getBoundingClientRect()
    let found: { readonly x: number; readonly word: string } | undefined
    let least = NEAR
    for (const [name, word] of Object.entries(WORDS))
      for (const mark of svg.querySelectorAll(`.${name} > *`)) {
        const { left, top, width, height } = mark.getBoundingClientRect()
        const [x, y] = [left + width / 2, top + height / 2]
        const away = Math.hypot(event.clientX - x, event.clientY - y)
        if (width === 0 || away >= least) continue
        least = away
        found = { x: ((x - box.left) / box.width) * svg.viewBox.baseVal.width, word }
      }
    return found
  }

  /** Hours and minutes of the local time, with the day where the axis spans several. */
  function clock(figure: HTMLElement, at: number): string {
    const local = new Date(at + Number(figure.dataset['offset']) * 60_000).toISOString()
    return figure.dataset['dated'] === undefined ? local.slice(11, 16) : `${local.slice(0, 10)} ${local.slice(11, 16)}`
  }

  function plotOf(svg: SVGSVGElement, first: number, last: number): Plot {
    const [left = 0, right = 0] = (svg.dataset['plot'] ?? '').split(' ').map(Number)
    const moves = [...svg.querySelectorAll('line, rect, circle, path, text')]
      .filter((element) => element.closest(FIXED) === null)
      .map((element) => moveOf(element, { left, right, svg }))
    const cursor = document.createElementNS(SVG, 'line')
    cursor.setAttribute('class', 'cur')
    cursor.setAttribute('y1', '36')
    cursor.setAttribute('y2', String(svg.viewBox.baseVal.height - 24))
    cursor.setAttribute('display', 'none')
    svg.append(cursor)
    let [from, until] = [first, last]
    let marked: number | undefined
    const place = (x: number): number => {
      const at = first + ((x - left) / (right - left)) * (last - first)
      return left + ((at - from) / (until - from)) * (right - left)
    }
    const point = (at: number | undefined): void => {
      marked = at
      const out = at === undefined || at < from || at > until
      if (out) return cursor.setAttribute('display', 'none')
      cursor.removeAttribute('display')
      const x = String(left + ((at - from) / (until - from)) * (right - left))
      cursor.setAttribute('x1', x)
      cursor.setAttribute('x2', x)
    }
    return {
      svg,
      left,
      right,
      point,
      show(start, end) {
        ;[from, until] = [start, end]
        for (const move of moves) move(place)
        point(marked)
      },
    }
  }

  /** How one drawn thing is put where its time belongs: clamped to the plot, or hidden outside of it. */
  function moveOf(
    element: Element,
    { left, right, svg }: { readonly left: number; readonly right: number; readonly svg: SVGSVGElement },
  ): (place: (x: number) => number) => void {
    const hide = (out: boolean): void => {
      if (out) element.setAttribute('display', 'none')
      else element.removeAttribute('display')
    }
    const span =
      (a: number, b: number, set: (from: number, until: number) => void) => (place: (x: number) => number) => {
        const [from, until] = [place(a), place(b)]
        hide(until < left || from > right)
        set(Math.max(left, from), Math.min(right, until))
      }
    const single = (x: number, set: (to: number) => void) => (place: (x: number) => number) => {
      const to = place(x)
      hide(to < left - 1 || to > right + 1)
      set(to)
    }
    if (element.tagName === 'line')
      return span(numberOf(element, 'x1'), numberOf(element, 'x2'), (from, until) => {
        element.setAttribute('x1', String(from))
        element.setAttribute('x2', String(until))
      })
    if (element.tagName === 'rect') {
      const x = numberOf(element, 'x')
      return span(x, x + numberOf(element, 'width'), (from, until) => {
        element.setAttribute('x', String(from))
        element.setAttribute('width', String(Math.max(0, until - from)))
      })
    }
    if (element.tagName === 'circle')
      return single(numberOf(element, 'cx'), (to) => element.setAttribute('cx', String(to)))
    const [, x, y] = /translate\(([-\d.]+),([-\d.]+)\)/.exec(element.getAttribute('transform') ?? '') ?? []
    if (x !== undefined && y !== undefined)
      return single(Number(x), (to) => element.setAttribute('transform', `translate(${to},${y})`))
    // A curve: stretched as a whole, cut at the edges of the plot.
    element.parentElement?.setAttribute('clip-path', `url(#${clipOf(svg, left, right)})`)
    return (place) => {
      const [from, until] = [place(left), place(right)]
      const scale = (until - from) / (right - left)
      element.setAttribute('transform', `matrix(${scale} 0 0 1 ${from - left * scale} 0)`)
    }
  }

  function clipOf(svg: SVGSVGElement, left: number, right: number): string {
    const id = `${svg.getAttribute('aria-labelledby')?.split(' ')[0] ?? 'plot'}-c`
    if (document.getElementById(id) !== null) return id
    const clip = document.createElementNS(SVG, 'clipPath')
    clip.id = id
    const rect = document.createElementNS(SVG, 'rect')
    const { height } = svg.viewBox.baseVal
    for (const [name, value] of Object.entries({ x: left, y: 0, width: right - left, height }))
      rect.setAttribute(name, String(value))
    clip.append(rect)
    svg.append(clip)
    return id
  }
})()
