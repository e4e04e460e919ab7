// A classic script without imports. It tells the values of a drawing by pointer and keyboard. On the page "Explore" it
// also shows another choice at once, and takes the part that is dragged over as the new days. Without it the form has a
// button and each drawing has a table. It asks only this server, for the same page with another choice.
;(() => {
  // Charts of other pages have no form: it says their values, and asks nothing.
  const form = document.querySelector<HTMLFormElement>('.explore-form')
  const shown = document.querySelector<HTMLElement>('#explored') ?? document.body
  const WAIT_MS = 250
  const DAY_MS = 86_400_000
  /** A shorter drag, in pixels of the screen, is a tap. */
  const LEAST_DRAG = 12

  let timer: ReturnType<typeof setTimeout> | undefined
  let asking: AbortController | undefined
  if (form !== null) {
    form.addEventListener('change', () => {
      clearTimeout(timer)
      timer = setTimeout(() => void show(addressOf(form), true), WAIT_MS)
    })
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      clearTimeout(timer)
      void show(addressOf(form), true)
    })
    addEventListener('popstate', () => location.reload())
  }
  enhance()

  function addressOf(of: HTMLFormElement): string {
    const query = new URLSearchParams()
    for (const [name, value] of new FormData(of))
      if (typeof value === 'string' && value !== '') query.append(name, value)
    return `${location.pathname}?${query.toString()}`
  }

  /** Puts the part with the drawings of another choice in place of this one; what fails is left to the browser. */
  async function show(address: string, isNew: boolean): Promise<void> {
    asking?.abort()
    const own = new AbortController()
    asking = own
    shown.setAttribute('aria-busy', 'true')
    try {
      const response = await fetch(address, { signal: own.signal })
      const page = new DOMParser().parseFromString(await response.text(), 'text/html')
      const fresh = page.querySelector('#explored')
      if (!response.ok || fresh === null) return location.assign(address)
      shown.replaceChildren(...fresh.childNodes)
      document.title = page.title
      for (const name of ['h1', '.langs', '.foot']) {
        const [old, other] = [document.querySelector(name), page.querySelector(name)]
        if (old !== null && other !== null) old.replaceChildren(...other.childNodes)
      }
      summaries(page)
      if (isNew) history.pushState(null, '', address)
      enhance()
    } catch (error) {
      if (!own.signal.aborted) location.assign(address)
      else if (!(error instanceof DOMException)) throw error
    } finally {
      if (asking === own) shown.removeAttribute('aria-busy')
    }
  }

  /** The lines above folded choices say what is chosen. */
  function summaries(page: Document): void {
    const fresh = [...page.querySelectorAll('.explore-form summary')]
    for (const [index, summary] of [...(form?.querySelectorAll('summary') ?? [])].entries())
      summary.textContent = fresh[index]?.textContent ?? summary.textContent
  }

  function enhance(): void {
    for (const hint of shown.querySelectorAll<HTMLElement>('.js-hint')) hint.hidden = false
    for (const figure of shown.querySelectorAll<HTMLElement>('figure.explored')) {
      const said = document.createElement('p')
      said.className = 'readout'
      said.setAttribute('aria-live', 'polite')
      const drawings = [...figure.querySelectorAll<SVGSVGElement>('svg[data-cells]')]
      drawings.at(-1)?.after(said)
      for (const svg of drawings) readable(figure, svg, said)
    }
  }

  interface Cells {
    readonly left: number
    readonly top: number
    readonly width: number
    readonly height: number
    readonly columns: number
    readonly rows: number
    readonly first: number
    readonly right: number
    readonly down: number
  }

  function cellsOf(svg: SVGSVGElement): Cells {
    const [left = 0, top = 0, width = 1, height = 1, columns = 1, rows = 1, first = 0, right = 1, down = 0] = (
      svg.dataset['cells'] ?? ''
    )
      .split(' ')
      .map(Number)
    return { left, top, width, height, columns, rows, first, right, down }
  }

  /** A cursor over the bins of one drawing. */
  function readable(figure: HTMLElement, svg: SVGSVGElement, said: HTMLElement): void {
    const cells = cellsOf(svg)
    const heads = [...figure.querySelectorAll('thead th')].map((head) => head.textContent.trim())
    const cursor = document.createElementNS('http://www.w3.org/2000/svg', 'rect')
    cursor.setAttribute('class', 'cur')
    cursor.setAttribute('display', 'none')
    svg.append(cursor)
    svg.setAttribute('tabindex', '0')
    svg.setAttribute('role', 'application')
    let [column, row] = [-1, 0]
    let drag: number | undefined

    const binAt = (x: number, y: number): number => cells.first + x * cells.right + y * cells.down
    const mark = (from: number, until: number, y: number): void => {
      cursor.removeAttribute('display')
      cursor.setAttribute('x', String(cells.left + from * cells.width))
      cursor.setAttribute('width', String(Math.max(1.5, (until - from) * cells.width)))
      cursor.setAttribute('y', String(cells.top + y * cells.height))
      cursor.setAttribute('height', String(cells.height))
    }
    const tell = (): void => {
      const line = figure.querySelector(`tr[data-bin="${binAt(column, row)}"]`)
      mark(column, column + 1, row)
      said.className = 'readout said'
      const texts = [...(line?.children ?? [])].map((cell, index) =>
        index === 0 ? cell.textContent.trim() : `${heads[index] ?? ''}: ${cell.textContent.trim()}`,
      )
      // Where each row of cells is a column of the table, only that one.
      const own = figure.dataset['each'] === undefined ? texts : [texts[0], texts[row + 1]]
      said.textContent = line === null ? (figure.dataset['none'] ?? '') : own.join('. ')
    }
    const go = (x: number, y: number): void => {
      column = Math.min(cells.columns - 1, Math.max(0, x))
      row = Math.min(cells.rows - 1, Math.max(0, y))
      tell()
    }
    const keys: Record<string, () => void> = {
      ArrowRight: () => go(column + 1, row),
      ArrowLeft: () => go(column < 0 ? cells.columns - 1 : column - 1, row),
      ...(cells.rows > 1 && { ArrowDown: () => go(column, row + 1), ArrowUp: () => go(column, row - 1) }),
      Home: () => go(0, row),
      End: () => go(cells.columns - 1, row),
    }
    svg.addEventListener('keydown', (event) => {
      const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key]
      if (act === undefined) return
      event.preventDefault()
      act()
    })
    const placeOf = (event: PointerEvent): readonly [number, number] => {
      const box = svg.getBoundingClientRect()
      const scale = svg.viewBox.baseVal.width / box.width
      const x = Math.floor(((event.clientX - box.left) * scale - cells.left) / cells.width)
      const y = Math.floor(((event.clientY - box.top) * scale - cells.top) / cells.height)
      return [Math.min(cells.columns - 1, Math.max(0, x)), Math.min(cells.rows - 1, Math.max(0, y))]
    }
    // Only where bins follow one another to the right: of a grid a stretch is no rectangle.
    const canDrag = cells.rows === 1 && form !== null && form.elements.namedItem('by') !== null
    svg.addEventListener('pointerdown', (event) => {
      go(...placeOf(event))
      if (canDrag && event.pointerType === 'mouse') {
        drag = event.clientX
        svg.setPointerCapture(event.pointerId)
      }
    })
    const start = (): number => {
      const box = svg.getBoundingClientRect()
      const scale = svg.viewBox.baseVal.width / box.width
      return Math.floor((((drag ?? 0) - box.left) * scale - cells.left) / cells.width)
    }
    svg.addEventListener('pointermove', (event) => {
      const [x, y] = placeOf(event)
      if (drag === undefined) return go(x, y)
      const from = Math.max(0, Math.min(start(), x))
      mark(from, Math.max(start(), x) + 1, y)
    })
    svg.addEventListener('pointerup', (event) => {
      if (drag === undefined) return
      const [x] = placeOf(event)
      const [from, until] = [Math.max(0, Math.min(start(), x)), Math.max(start(), x)]
      const isDrag = Math.abs(event.clientX - drag) >= LEAST_DRAG
      drag = undefined
      if (isDrag) narrow(figure, binAt(from, 0), binAt(until, 0))
    })
  }

  /** Takes the days of two bins as the days of the form. */
  function narrow(figure: HTMLElement, from: number, until: number): void {
    if (form === null) return
    const starts = (figure.dataset['days'] ?? '').split(' ')
    const [since, last] = [starts[from], starts[until]]
    const [first, end] = (figure.dataset['fields'] ?? '').split(' ')
    if (since === undefined || last === undefined || first === undefined || end === undefined) return
    const week = form.querySelector<HTMLSelectElement>('[name="by"]')?.value === 'week'
    const ends = week ? new Date(Date.parse(last) + 6 * DAY_MS).toISOString().slice(0, 10) : last
    for (const [name, value] of [
      [first, since],
      [end, ends],
    ] as const) {
      const field = form.querySelector<HTMLInputElement>(`[name="${name}"]`)
      if (field !== null) field.value = value
    }
    void show(addressOf(form), true)
  }
})()
