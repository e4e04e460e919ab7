import type { CheckTarget } from '../../core/model/people/crowd-check.ts'
import { element } from '../verify/element.ts'
import { HOUR_CHECKS } from './hour.ts'
import { markOf, type RowMark } from './rows.ts'
import type { FinishedCheck } from './run-check.ts'
import { clockTime, type Say } from './words.ts'

const SVG = 'http://www.w3.org/2000/svg'
const STEP = 18
const SIDE = 14
/** Marks whose words the legend gives; the others do not occur here. */
const MARKS = ['open', 'slow', 'part', 'shut', 'fault', 'unkn', 'none'] as const satisfies readonly RowMark[]

export interface CheckStrip {
  /** `network`: name of the network that the check was made on; absent where it is not known. */
  put(nth: number, finished: FinishedCheck, network: string | undefined): void
}

interface Put {
  readonly finished: FinishedCheck
  readonly network: string | undefined
}

/** The checks of an hour as a row of marks for each service, with the same as a table. */
export function makeCheckStrip(place: HTMLElement, targets: readonly CheckTarget[], say: Say): CheckStrip {
  const checks: (Put | undefined)[] = Array.from({ length: HOUR_CHECKS })
  const draw = (): void => {
    const made = checks.filter((one) => one !== undefined)
    const isOpen = place.querySelector('details')?.open === true
    const table = tableOf(made, targets, say)
    table.open = isOpen
    const networks = [...new Set(made.map(({ network }) => network ?? say('hour.network-unknown')))]
    place.replaceChildren(
      ...(networks.length < 2 ? [] : [element('p', {}, say('hour.networks', { networks: networks.join(', ') }))]),
      element('ul', { class: 'hours' }, ...targets.map((target) => rowOf(target, checks, say))),
      element('ul', { class: 'legend', 'aria-hidden': 'true' }, ...MARKS.map((name) => legendOf(name, say))),
      table,
    )
  }
  draw()
  return {
    put(nth, finished, network) {
      checks[nth] = { finished, network }
      draw()
    },
  }
}

function rowOf({ service, name }: CheckTarget, checks: readonly (Put | undefined)[], say: Say): HTMLElement {
  const marks = checks.map((one) => markIn(one?.finished, service))
  const count = (...names: readonly RowMark[]): number => marks.filter((one) => names.includes(one)).length
  const values = {
    service: name,
    open: count('open', 'slow'),
    shut: count('shut', 'part'),
    unclear: count('unkn', 'fault'),
  }
  const words = say('hour.strip', values)
  const svg = svgOf('svg', { viewBox: `0 0 ${HOUR_CHECKS * STEP} ${SIDE}`, role: 'img', 'aria-label': words })
  for (const [nth, one] of marks.entries())
    svg.append(svgOf('use', { href: `#m-${one}`, x: nth * STEP, y: 0, width: SIDE, height: SIDE }))
  return element('li', { 'data-service': service }, element('p', { 'aria-hidden': 'true' }, words), svg)
}

function markIn(finished: FinishedCheck | undefined, service: string): RowMark {
  const one = finished?.judged.results.find((result) => result.service === service)
  return one === undefined ? 'none' : markOf(one)
}

const legendOf = (name: RowMark, say: Say): HTMLElement => {
  const svg = svgOf('svg', { class: 'm', focusable: 'false' })
  svg.append(svgOf('use', { href: `#m-${name}` }))
  return element('li', {}, svg, say(`mark.${name}`))
}

function tableOf(made: readonly Put[], targets: readonly CheckTarget[], say: Say): HTMLDetailsElement {
  const head = [say('hour.time'), ...targets.map(({ name }) => name), say('hour.network')].map((text) =>
    element('th', { scope: 'col' }, text),
  )
  const rows = made.map(({ finished: one, network }) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, clockTime(one.startedAt, one.startedAt)),
      ...targets.map(({ service }) => element('td', {}, say(`mark.${markIn(one, service)}`))),
      element('td', {}, network ?? say('hour.network-unknown')),
    ),
  )
  const label = say('hour.table')
  return element(
    'details',
    { class: 'tab' },
    element('summary', {}, label),
    element(
      'div',
      { class: 'scroll', role: 'group', 'aria-label': label, tabindex: '0' },
      element(
        'table',
        { class: 'tbl' },
        element('thead', {}, element('tr', {}, ...head)),
        element('tbody', {}, ...rows),
      ),
    ),
  )
}

function svgOf(name: 'svg' | 'use', attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value))
  return made
}
