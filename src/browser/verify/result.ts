import {
  BUNDLE_STEPS,
  isOfMeasurements,
  isWithdrawn,
  leftOpen,
  type BundleNote,
  type BundleStep,
  type CheckedStep,
} from '../../core/evidence/verify/bundle-report.ts'
import { stepFound, stepMeaning, stepName, stepProblems } from '../../core/text/sentence/bundle-step.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import { chosenBytes } from './chosen.ts'
import type { CheckerChange, CheckerState } from './checker.ts'
import { element, markElement, shown } from './element.ts'

const MARKS = { ok: 'open', failed: 'shut', 'not-checked': 'unkn' } as const
const MEGA = 1_000_000

/** The part of the page that shows a check while it runs and after. */
export interface Result {
  readonly root: HTMLElement
  update(state: CheckerState, change: CheckerChange): void
  /** Brings it before the reader, who has just asked for it. */
  look(): void
}

/** Makes the result, empty and hidden until something is checked; while it grows, it can be stopped. */
export function makeResult(lang: Lang, onStop: () => void): Result {
  const heading = element('h3', { tabindex: '-1' })
  const about = element('div', { role: 'status', class: 'about' })
  const simulated = element('p', { class: 'tag', hidden: '' }, say(lang, 'bundle.note.simulated'))
  const bar = element('progress', { 'aria-label': say(lang, 'proof-page.tool.running') })
  const figures = element('p', { class: 'sm q' })
  const stop = element('button', { type: 'button', class: 'btn', hidden: '' }, say(lang, 'proof-page.tool.stop'))
  stop.addEventListener('click', () => {
    // The button goes, so the person who pressed it would lose the focus.
    heading.focus({ preventScroll: true })
    onStop()
  })
  const counts = element('ul', { class: 'counts' })
  const list = element('ol', { class: 'checked' })
  const root = element(
    'div',
    { class: 'result', hidden: '' },
    simulated,
    heading,
    about,
    bar,
    figures,
    stop,
    counts,
    list,
  )
  const items = new Map<BundleStep, { readonly item: HTMLElement; readonly state: unknown }>()

  const update = (state: CheckerState, change: CheckerChange): void => {
    const { phase } = state
    root.toggleAttribute('hidden', phase.kind === 'idle')
    if (phase.kind === 'idle') return
    stop.toggleAttribute('hidden', phase.kind !== 'running')
    showFigures(lang, state, { bar, figures })
    if (change === 'told') return
    root.dataset['phase'] = phase.kind === 'done' ? (phase.sound ? 'sound' : 'wanting') : phase.kind
    const { title, lines } = headed(lang, state)
    if (heading.textContent !== title) heading.textContent = title
    showLines(about, lines)
    simulated.toggleAttribute('hidden', !hasNote(state.steps, 'simulated'))
    counts.replaceChildren(...(phase.kind === 'running' ? [] : countLines(lang, state.steps)))
    // A step that exists already is left unchanged: the reader may be reading it.
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
  const look = (): void => {
    root.scrollIntoView({ block: 'start' })
    heading.focus({ preventScroll: true })
  }
  return { root, update, look }
}

/** A sentence, or a key that the reader is to compare. */
type Line = string | { readonly key: string }

/** Paragraphs, left unchanged where they exist already, so that nothing is read out twice. */
function showLines(place: HTMLElement, lines: readonly Line[]): void {
  const text = (line: Line): string => (typeof line === 'string' ? line : line.key)
  const same =
    place.childElementCount === lines.length &&
    lines.every((line, at) => place.children[at]?.textContent === text(line))
  if (same) return
  place.replaceChildren(
    ...lines.map((line) => element('p', typeof line === 'string' ? {} : { class: 'mono key' }, text(line))),
  )
}

/** The title of a valid bundle, by what stayed open. */
const TITLES = {
  nothing: 'proof-page.tool.sound',
  verdicts: 'bundle.not-judged',
  conclusion: 'bundle.not-derived',
} as const

const hasNote = (steps: readonly CheckedStep[], wanted: BundleNote): boolean =>
  steps.some(({ notes }) => notes.some(({ note }) => note === wanted))

function headed(
  lang: Lang,
  { phase, steps }: CheckerState,
): { readonly title: string; readonly lines: readonly Line[] } {
  switch (phase.kind) {
    case 'idle':
    case 'running': {
      const step = BUNDLE_STEPS[steps.length]
      const name = step === undefined ? '' : stepName(lang, { step })
      return { title: `${say(lang, 'proof-page.tool.running')}: ${name}`, lines: [] }
    }
    case 'done': {
      const nothing = steps.every(({ outcome }) => outcome === 'not-checked')
      if (nothing) return { title: say(lang, 'proof-page.tool.unchecked'), lines: [] }
      if (!phase.sound)
        return { title: say(lang, 'proof-page.tool.wanting'), lines: [say(lang, 'proof-page.tool.wanting-about')] }
      const untrusted = hasNote(steps, 'no-trust') ? [say(lang, 'proof-page.tool.untrusted'), ...signers(steps)] : []
      const withdrawn = isWithdrawn(steps) ? [say(lang, 'bundle.withdrawn', { file: 'data/incident.json' })] : []
      const limits = say(lang, isOfMeasurements(steps) ? 'bundle.limits-measurements' : 'bundle.limits')
      const lines = [...withdrawn, say(lang, 'proof-page.tool.sound-about'), ...untrusted, limits]
      return { title: say(lang, TITLES[leftOpen(steps)]), lines }
    }
    case 'stopped':
      return { title: say(lang, 'proof-page.tool.stopped'), lines: [] }
    case 'broken':
      return {
        title: say(lang, 'proof-page.tool.stopped'),
        lines: [`${say(lang, 'proof-page.tool.broken')}: ${shown(phase.why)}`],
      }
  }
}

/** Keys that signed for the log, as the step that checks them found them. */
const signers = (steps: readonly CheckedStep[]): readonly Line[] =>
  steps.flatMap(({ facts }) =>
    facts.flatMap(({ fact, values }) => (fact === 'signed-by' ? [{ key: shown(String(values['key'])) }] : [])),
  )

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

/** How many steps ended how; those that did not hold, or were not checked, by name. */
const countLines = (lang: Lang, steps: readonly CheckedStep[]): readonly HTMLElement[] =>
  (['failed', 'ok', 'not-checked'] as const).flatMap((outcome) => {
    const found = steps.filter((step) => step.outcome === outcome)
    if (found.length === 0) return []
    const text = say(lang, `proof-page.tool.count-${outcome}`, { count: found.length })
    const names = outcome === 'ok' ? '' : ` (${found.map((step) => stepName(lang, step)).join(', ')})`
    return [element('li', {}, markElement(MARKS[outcome]), element('span', {}, `${text}${names}`))]
  })

function waitingItem(lang: Lang, step: BundleStep, running: boolean): HTMLElement {
  const word = say(lang, running ? 'proof-page.tool.running' : 'proof-page.tool.waiting').toLocaleLowerCase(lang)
  return element(
    'li',
    { 'data-step': step, class: 'wait' },
    markElement('none'),
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
    markElement(MARKS[outcome]),
    element(
      'div',
      {},
      element('p', {}, element('b', {}, stepName(lang, step)), ` \u2013 ${say(lang, `bundle.outcome.${outcome}`)}`),
      element('p', { class: 'sm q' }, stepMeaning(lang, step)),
      ...(lines.length === 0 ? [] : [element('ul', { class: 'finds' }, ...lines)]),
    ),
  )
}
