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
  for (const read of [cells, people, lists, running, incident, series, matrix, first, totals, chronicle])
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
  }
}

/** The timetable of what continues, on the first page. */
const running: Read = (root, _page, add) => {
  for (const row of root.querySelectorAll('table.run tbody tr')) {
    const [, id] = INCIDENT.exec(hrefOf(row.querySelector('a'))) ?? []
    if (id === undefined) continue
    add(`mark ${id}`, markOf(row.querySelector('.st')))
    add(`start ${id}`, clocksOf(textOf(row.querySelector('.t'))))
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

/** Figures of a heading or a total. */
const totals: Read = (root, page, add) => {
  const path = page.replace(/^\/\w\w/, '')
  const lead = [...root.querySelectorAll('.ttl p')]
  if (path === '/incidents') {
    const [all, going, withdrawn] = numbersOf(textOf(lead[1]))
    add('incidents', all)
    add('running incidents', going)
    add(
      'running incidents',
      String(root.querySelector('#running')?.closest('section')?.querySelectorAll('.inc > li').length),
    )
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
