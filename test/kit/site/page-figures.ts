import { parseHTML } from 'linkedom'

// What a page says in figures, read from its HTML as a reader of several pages would compare them: which cell is in which
// state, when an incident began and ended, how many there are. Keys have no words of a language: pages of all languages are
// compared with each other.

/** One figure of a page. */
export interface Figure {
  /** What it is of, such as `state youtube AS64496`. */
  readonly key: string
  readonly value: string
  /** Address of the page. */
  readonly page: string
}

type Root = Pick<Document, 'querySelector' | 'querySelectorAll'>

const SERIES = /^\/\w\w\/s\/([^/?#]+)\/AS(\d+)$/
const SERIES_OF_DAYS = /^\/\w\w\/s\/([^/?#]+)\/AS(\d+)\?since=([\d-]+)&until=([\d-]+)$/
const INCIDENT = /^\/\w\w\/i\/([^/?#]+)$/
const EPISODE = /^\/\w\w\/e\/([^/?#]+)$/

const textOf = (element: Pick<Element, 'textContent'> | null | undefined): string =>
  (element?.textContent ?? '').replaceAll(/[\s\u00a0\u202f]+/g, ' ').trim()
/** Whole numbers of a text, groups of digits joined. */
const numbersOf = (text: string): readonly string[] =>
  text.replaceAll(/(?<=\d)[\s,](?=\d{3}(?!\d))/g, '').match(/\d+/g) ?? []
/** Clocks of a text, in their order: of an edge, its middle and its interval. */
const clocksOf = (text: string): string => (text.match(/\d\d:\d\d/g) ?? ['no clock']).join(' ')
const markOf = (element: Pick<Element, 'querySelector'> | null): string | undefined =>
  element?.querySelector('use')?.getAttribute('href')?.slice('#m-'.length)
/** Languages order the two numbers of "4 of 6" differently. */
const largest = (numbers: readonly string[]): string | undefined => numbers.toSorted((a, b) => Number(b) - Number(a))[0]
const smallest = (numbers: readonly string[]): string | undefined =>
  numbers.toSorted((a, b) => Number(a) - Number(b))[0]
const hrefOf = (element: Pick<Element, 'getAttribute'> | null): string => element?.getAttribute('href') ?? ''

/** Every figure of a page that another page may have too. */
export function figuresOf(html: string, page: string): readonly Figure[] {
  const { document } = parseHTML(html)
  const found: Figure[] = []
  const add = (key: string, value: string | undefined): void =>
    void (value === undefined || found.push({ key, value, page }))
  for (const read of [
    cells,
    people,
    lists,
    entries,
    running,
    incident,
    episode,
    series,
    matrix,
    first,
    totals,
    chronicle,
  ])
    read(document, page, add)
  return found
}

type Read = (root: Root, page: string, add: (key: string, value: string | undefined) => void) => void

/** States of now: every link to a series with a mark in it. */
const cells: Read = (root, _page, add) => {
  for (const link of root.querySelectorAll('main a')) {
    const [, service, asn] = SERIES.exec(hrefOf(link)) ?? []
    if (service !== undefined) add(`state ${service} AS${asn}`, markOf(link))
  }
}

/** Reports, probes and checks of a series. A network that people name is another row. */
const people: Read = (root, _page, add) => {
  for (const row of root.querySelectorAll('table.witnesses tbody tr')) {
    const [, service, asn] = SERIES.exec(hrefOf(row.querySelector('th a'))) ?? []
    const cellsOf = [...row.querySelectorAll('td')]
    if (service === undefined || markOf(cellsOf[1] ?? null) === undefined) continue
    add(`state ${service} AS${asn}`, markOf(cellsOf[1] ?? null))
    for (const [name, at] of [
      ['reports', 0],
      ['checks that failed', 2],
      ['checks that opened', 3],
    ] as const)
      if (cellsOf[at] !== undefined) add(`${name} ${service} AS${asn}`, textOf(cellsOf[at]))
  }
}

/** Incidents as lines of a list. */
const lists: Read = (root, _page, add) => {
  for (const line of root.querySelectorAll('ul.rows.inc > li')) {
    const link = line.querySelector('a')
    const [, id] = INCIDENT.exec(hrefOf(link)) ?? []
    const [, start, end] = [...line.querySelectorAll('.edges > span')]
    if (id === undefined) continue
    add(`mark ${id}`, markOf(link))
    if (start !== undefined) add(`start ${id}`, clocksOf(textOf(start)))
    if (end !== undefined) add(`end ${id}`, clocksOf(textOf(end)))
    const [step, steps] = numbersOf(textOf(line.querySelector('p.q')))
    if (steps === '6') add(`step ${id}`, step)
  }
}

/** Steps and counts of a conclusion: `2 6 12 14` of "(evidence: moderate, step 2 of 6): 12 of 14 incidents". */
const stepsOf = (text: string): string => numbersOf(text).join(' ')

/** What the lines of the incidents of an entry say together: of each conclusion its steps and how many have it. */
function conclusionsOf(lines: readonly Element[]): readonly string[] {
  const texts = lines.map((line) => textOf(line.querySelector('p.q')))
  const groups = Map.groupBy(texts, (text) => text.replace(/ \(.*$/, ''))
  return [...groups.values()].map((own) => {
    const steps = own.map(numbersOf).flatMap(([step]) => (step === undefined ? [] : Number(step)))
    const bounds = [...new Set([Math.min(...steps), Math.max(...steps)])]
    return [...(steps.length === 0 ? [] : [...bounds, 6]), own.length, lines.length].join(' ')
  })
}

/** Figures of an episode beside those of the incidents that are listed with it. */
function episodeFigures(
  id: string,
  shown: { readonly of: Element; readonly times: readonly (Element | undefined)[]; readonly sure: readonly string[] },
  {
    lines,
    add,
  }: { readonly lines: readonly Element[]; readonly add: (key: string, value: string | undefined) => void },
): void {
  const [start, end] = shown.times.map((one) => clocksOf(textOf(one)))
  const [, first] = INCIDENT.exec(hrefOf(lines[0]?.querySelector('a') ?? null)) ?? []
  add(`start ${first}`, start)
  add(`start ${shown.of.getAttribute('data-start')}`, start)
  add(`end ${shown.of.getAttribute('data-end')}`, end)
  add(`members ${id}`, String(lines.length))
  add(`conclusions ${id}`, shown.sure.map(stepsOf).toSorted().join('; '))
  add(`conclusions ${id}`, conclusionsOf(lines).toSorted().join('; '))
}

/** Entries of a list: a single incident as a line of its own, an episode with its incidents below. */
const entries: Read = (root, _page, add) => {
  for (const entry of root.querySelectorAll('ul.entries > li')) {
    const link = entry.querySelector('a.what')
    const [, start, end] = [...entry.querySelectorAll('.edges > span')]
    const [, id] = INCIDENT.exec(hrefOf(link)) ?? []
    if (id !== undefined) {
      add(`mark ${id}`, markOf(link))
      if (start !== undefined) add(`start ${id}`, clocksOf(textOf(start)))
      if (end !== undefined) add(`end ${id}`, clocksOf(textOf(end)))
    }
    const [, group] = EPISODE.exec(hrefOf(link)) ?? []
    const part = entry.querySelector('a.part-of')
    const [, whole] = EPISODE.exec(hrefOf(part)) ?? []
    // A list of one service or network has a part of an episode: its number of all is compared, its own times are not.
    if (whole !== undefined) add(`members ${whole}`, largest(numbersOf(textOf(part))))
    else if (group !== undefined) {
      add(`mark ${group}`, markOf(link))
      add(`members ${group}`, smallest(numbersOf(textOf(entry.querySelector('summary')))))
      const sure = [...entry.querySelectorAll('p.q')].filter((one) => one.parentElement === entry).map(textOf)
      const lines = [...entry.querySelectorAll('ul.inc > li')]
      episodeFigures(group, { of: entry, times: [start, end], sure }, { lines, add })
    }
  }
}

/** The page of one episode. */
const episode: Read = (root, page, add) => {
  const [, id] = EPISODE.exec(new URL(page, 'http://x').pathname) ?? []
  const answers = root.querySelector('dl.episode')
  if (id === undefined || answers === null) return
  add(`mark ${id}`, markOf(root.querySelector('h1')))
  add(`members ${id}`, numbersOf(textOf(root.querySelector('.ttl p'))).at(-1))
  const sure = [...answers.querySelectorAll('.sure')].map(textOf)
  const lines = [...(root.querySelector('#list')?.closest('section')?.querySelectorAll('ul.inc > li') ?? [])]
  const times = [...answers.querySelectorAll('.times > span')]
  episodeFigures(id, { of: answers, times, sure }, { lines, add })
}

/** The timetable of what continues, on the first page. */
const running: Read = (root, _page, add) => {
  for (const row of root.querySelectorAll('table.run tbody tr')) {
    const href = hrefOf(row.querySelector('a'))
    add(`mark ${(INCIDENT.exec(href) ?? EPISODE.exec(href))?.[1]}`, markOf(row.querySelector('.st')))
    add(`start ${row.getAttribute('data-start')}`, clocksOf(textOf(row.querySelector('.t'))))
  }
}

/** The page of one incident. */
const incident: Read = (root, page, add) => {
  const [, id] = INCIDENT.exec(new URL(page, 'http://x').pathname) ?? []
  if (id === undefined) return
  const [start, end] = [...root.querySelectorAll('.times > span')]
  add(`mark ${id}`, markOf(root.querySelector('h1')))
  add(`start ${id}`, clocksOf(textOf(start)))
  add(`end ${id}`, clocksOf(textOf(end)))
  add(`step ${id}`, numbersOf(textOf(root.querySelector('.sure')))[0])
  const whole = root.querySelector('p.episode a')
  const [, group] = EPISODE.exec(hrefOf(whole)) ?? []
  if (group !== undefined) add(`members ${group}`, largest(numbersOf(textOf(whole))))
}

/** The page of one series: its state now, or how many measurements its days have. */
const series: Read = (root, page, add) => {
  const [, service, asn, since, until] = SERIES_OF_DAYS.exec(page) ?? SERIES.exec(page) ?? []
  if (service === undefined) return
  if (since === undefined) return add(`state ${service} AS${asn}`, markOf(root.querySelector('h1')))
  const about = numbersOf(textOf(root.querySelector('#days')?.closest('section')?.querySelector('div > p')))
  add(`measurements ${service} AS${asn} ${since} ${until}`, countAfterDays(about))
}

/** Of "Days: 27 February 2026 – 5 March 2026. Measurements: 1,542.": the first number after the days. */
const countAfterDays = (numbers: readonly string[]): string | undefined =>
  numbers.filter((_, at) => at > (numbers.lastIndexOf(numbers.findLast(isYear) ?? '') ?? -1)).find(() => true)
const isYear = (text: string): boolean => /^20\d\d$/.test(text)

/** The matrix of a period: its table against its sentences. */
const matrix: Read = (root, page, add) => {
  const table = root.querySelector('table.mx:not(.now)')
  if (!/^\/\w\w\/matrix/.test(page) || table === null) return
  const restricted = new Set<string>()
  for (const link of table.querySelectorAll('td a')) {
    const [, service, asn, since, until] = SERIES_OF_DAYS.exec(hrefOf(link)) ?? []
    if (service === undefined || asn === undefined) continue
    add(`measurements ${service} AS${asn} ${since} ${until}`, largest(numbersOf(textOf(link))))
    if (['shut', 'part', 'slow'].includes(markOf(link) ?? '')) restricted.add(asn)
  }
  const days = /\?.*/.exec(hrefOf(table.querySelector('td a')))?.[0] ?? ''
  add(`restricted networks ${days}`, String(restricted.size))
  add(`restricted networks ${days}`, smallest(numbersOf(textOf(root.querySelector('h1')))))
}

/** Over all networks: how many restrict a service, in its row and in its column of the table. */
const first: Read = (root, page, add) => {
  if (!page.endsWith('?network=all')) return
  const byService = new Map<string, { restricted: number; known: number }>()
  for (const link of root.querySelectorAll('table.mx.now td a')) {
    const [, service] = SERIES.exec(hrefOf(link)) ?? []
    if (service === undefined) continue
    const count = byService.get(service) ?? { restricted: 0, known: 0 }
    if (['shut', 'part', 'slow'].includes(markOf(link) ?? '')) count.restricted++
    count.known++
    byService.set(service, count)
  }
  for (const [service, { restricted, known }] of byService)
    if (restricted > 0) add(`networks of ${service}`, `${restricted} of ${known}`)
}

/** Incidents of an entry that have no end, which is said without a clock. */
function ongoingIn(entry: Element): readonly Element[] {
  const lines = [...entry.querySelectorAll('ul.inc > li')]
  return (lines.length === 0 ? [entry] : lines).filter((line) => {
    const end = [...line.querySelectorAll('.edges > span')][2]
    return end !== undefined && clocksOf(textOf(end)) === 'no clock'
  })
}

/** Figures of a heading or a total. */
const totals: Read = (root, page, add) => {
  const path = page.replace(/^\/\w\w/, '')
  const lead = [...root.querySelectorAll('.ttl p')]
  if (path === '/incidents') {
    const [all, going, withdrawn, entered] = numbersOf(textOf(lead[1]))
    const listed = [...root.querySelectorAll('ul.entries > li')]
    if (root.querySelector('nav.pages') === null) add('entries', String(listed.length))
    add('entries', entered)
    add('incidents', all)
    add('running incidents', going)
    add('running incidents', String(listed.flatMap(ongoingIn).length))
    add('withdrawn incidents', withdrawn)
  }
  if (path === '/claims') add('statements', String(root.querySelectorAll('li[id^="s-"]').length))
  if (path === '/orders') add('acts', String(root.querySelectorAll('[id^="o-"]').length))
  const [, service] = /^\/s\/([a-z-]+)$/.exec(path) ?? []
  if (service === undefined) return
  const [count, of] = numbersOf(textOf(root.querySelector('h1'))).toSorted((a, b) => Number(a) - Number(b))
  if (count !== undefined && of !== undefined) add(`networks of ${service}`, `${count} of ${of}`)
}

/** The chronicle: what its lanes count, over all years, against what it lists. */
const chronicle: Read = (root, page, add) => {
  if (!/^\/\w\w\/chronicle$/.test(page)) return
  const rows = [...root.querySelectorAll('#by-year')].flatMap((heading) => [
    ...(heading.closest('section')?.querySelectorAll('tbody tr') ?? []),
  ])
  const lane = (at: number): string =>
    String(
      rows.reduce(
        (sum, row) => sum + Number(numbersOf(textOf([...row.querySelectorAll('td')][at])).join('') || '0'),
        0,
      ),
    )
  add('statements', lane(1))
  add('statements', String(root.querySelectorAll('li.is-statement').length))
  add('acts', String(root.querySelectorAll('li.is-order').length))
  add('incidents', lane(3))
}

/** Figures of which two pages say different things, as sentences; empty where none does. */
export function contradictionsOf(figures: readonly Figure[]): readonly string[] {
  return [...Map.groupBy(figures, ({ key }) => key)].flatMap(([key, own]) => {
    const byValue = [...Map.groupBy(own, ({ value }) => value)]
    if (byValue.length < 2) return []
    const said = byValue.map(
      ([value, list]) => `${value} on ${[...new Set(list.map(({ page }) => page))].slice(0, 3).join(' ')}`,
    )
    return [`${key}: ${said.join('; ')}`]
  })
}
