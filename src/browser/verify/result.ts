import {
  BUNDLE_STEPS,
  type BundleNote,
  type BundleStep,
  type CheckedStep,
} from '../../evidence/verify/bundle-report.ts'
import { stepFound, stepMeaning, stepName, stepProblems } from '../../text/bundle-step.ts'
import { say } from '../../text/format.ts'
import type { Lang } from '../../text/lang.ts'
import { formatNumber } from '../../text/number.ts'
import { chosenBytes } from './chosen.ts'
import type { Change, CheckerState } from './checker.ts'
import { element, mark, shown } from './element.ts'

const MARKS = { ok: 'open', failed: 'shut', 'not-checked': 'unkn' } as const
const MEGA = 1_000_000

/** The part of the page that shows a check while it runs and after. */
export interface Result {
  readonly root: HTMLElement
  update(state: CheckerState, change: Change): void
}

/** Makes the result, empty and hidden until something is checked. */
export function makeResult(lang: Lang): Result {
  const heading = element('h3', { tabindex: '-1' })
  const about = element('p', { role: 'status' })
  const simulated = element('p', { class: 'tag', hidden: '' }, say(lang, 'bundle.note.simulated'))
  const bar = element('progress', { 'aria-label': say(lang, 'proof-page.tool.running') })
  const figures = element('p', { class: 'sm q' })
  const counts = element('ul', { class: 'counts' })
  const list = element('ol', { class: 'checked' })
  const root = element('div', { class: 'result', hidden: '' }, simulated, heading, about, bar, figures, counts, list)
  const items = new Map<BundleStep, { readonly item: HTMLElement; readonly state: unknown }>()

  const update = (state: CheckerState, change: Change): void => {
    const { phase } = state
    root.toggleAttribute('hidden', phase.kind === 'idle')
    if (phase.kind === 'idle') return
    showFigures(lang, state, { bar, figures })
    if (change === 'told') return
    root.dataset['phase'] = phase.kind === 'done' ? (phase.sound ? 'sound' : 'wanting') : phase.kind
    const { title, line } = headed(lang, state)
    if (heading.textContent !== title) heading.textContent = title
    if (about.textContent !== line) about.textContent = line
    simulated.toggleAttribute('hidden', !hasNote(state.steps, 'simulated'))
    counts.replaceChildren(...(phase.kind === 'running' ? [] : countLines(lang, state.steps)))
    // A step that stands already is left alone: the reader may be reading it.
    for (const step of BUNDLE_STEPS) {
      const checked = state.steps.find((one) => one.step === step)
      const running = phase.kind === 'running' && BUNDLE_STEPS[state.steps.length] === step
      const key = checked ?? (running ? 'running' : phase.kind === 'running' ? 'waiting' : 'left')
      const known = items.get(step)
      if (known?.state === key) continue
      const item = checked === undefined ? waitingItem(lang, step, running) : stepItem(lang, checked)
      item.toggleAttribute('hidden', key === 'left')
      if (known === undefined) list.append(item)
      else known.item.replaceWith(item)
      items.set(step, { item, state: key })
    }
  }
  return { root, update }
}

const hasNote = (steps: readonly CheckedStep[], wanted: BundleNote): boolean =>
  steps.some(({ notes }) => notes.some(({ note }) => note === wanted))

function headed(lang: Lang, { phase, steps }: CheckerState): { readonly title: string; readonly line: string } {
  switch (phase.kind) {
    case 'idle':
    case 'running': {
      const step = BUNDLE_STEPS[steps.length]
      const line = step === undefined ? '' : stepName(lang, { step })
      return { title: `${say(lang, 'proof-page.tool.running')}: ${line}`, line: '' }
    }
    case 'done': {
      const nothing = steps.every(({ outcome }) => outcome === 'not-checked')
      if (nothing) return { title: say(lang, 'proof-page.tool.unchecked'), line: '' }
      const word = phase.sound ? 'sound' : 'wanting'
      const untrusted = hasNote(steps, 'no-trust')
      const lines = [say(lang, `proof-page.tool.${word}-about`)]
      if (untrusted && phase.sound) lines.push(say(lang, 'proof-page.tool.untrusted'))
      if (phase.sound) lines.push(say(lang, 'bundle.limits'))
      return { title: say(lang, `proof-page.tool.${word}`), line: lines.join(' ') }
    }
    case 'stopped':
      return { title: say(lang, 'proof-page.tool.stopped'), line: '' }
    case 'broken':
      return {
        title: say(lang, 'proof-page.tool.stopped'),
        line: `${say(lang, 'proof-page.tool.broken')}: ${shown(phase.why)}`,
      }
  }
}

function showFigures(
  lang: Lang,
  { phase, chosen, read, judged }: CheckerState,
  { bar, figures }: { readonly bar: HTMLProgressElement; readonly figures: HTMLElement },
): void {
  const running = phase.kind === 'running'
  bar.toggleAttribute('hidden', !running)
  figures.toggleAttribute('hidden', !running)
  if (!running || chosen === undefined) return
  const all = chosenBytes(chosen)
  const counted = judged ?? { done: Math.min(read, all), all }
  bar.max = Math.max(1, counted.all)
  bar.value = counted.done
  const number = (value: number): string =>
    formatNumber(lang, judged === undefined ? value / MEGA : value, judged === undefined ? 1 : 0)
  figures.textContent = say(lang, judged === undefined ? 'proof-page.tool.read' : 'proof-page.tool.judged', {
    done: number(counted.done),
    all: number(counted.all),
  })
}

const countLines = (lang: Lang, steps: readonly CheckedStep[]): readonly HTMLElement[] =>
  (['failed', 'ok', 'not-checked'] as const).flatMap((outcome) => {
    const count = steps.filter((step) => step.outcome === outcome).length
    if (count === 0) return []
    const text = say(lang, `proof-page.tool.count-${outcome}`, { count: formatNumber(lang, count) })
    return [element('li', {}, mark(MARKS[outcome]), element('span', {}, text))]
  })

function waitingItem(lang: Lang, step: BundleStep, running: boolean): HTMLElement {
  const word = say(lang, running ? 'proof-page.tool.running' : 'proof-page.tool.waiting').toLocaleLowerCase(lang)
  return element(
    'li',
    { 'data-step': step, class: 'wait' },
    mark('none'),
    element('div', {}, element('p', {}, element('b', {}, stepName(lang, { step })), ` \u2013 ${word}`)),
  )
}

/** The question of a step and what it found; problems first, because they are what matters. */
function stepItem(lang: Lang, step: CheckedStep): HTMLElement {
  const { outcome } = step
  const lines = [
    ...stepProblems(lang, step, shown).map((text) => element('li', { class: 'bad' }, text)),
    ...stepFound(lang, step, shown).map((text) => element('li', {}, text)),
  ]
  return element(
    'li',
    { 'data-step': step.step, 'data-outcome': outcome },
    mark(MARKS[outcome]),
    element(
      'div',
      {},
      element('p', {}, element('b', {}, stepName(lang, step)), ` \u2013 ${say(lang, `bundle.outcome.${outcome}`)}`),
      element('p', { class: 'sm q' }, stepMeaning(lang, step)),
      ...(lines.length === 0 ? [] : [element('ul', { class: 'finds' }, ...lines)]),
    ),
  )
}
