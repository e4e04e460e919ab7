import type { JudgedTarget } from '../../core/judge/nettest/browser-check.ts'
import type { CheckTarget, CrowdTry } from '../../core/model/people/crowd-check.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatSeconds } from '../../core/text/number.ts'
import { element, markElement } from '../verify/element.ts'
import type { CheckNews, FinishedCheck } from './run-check.ts'
import type { Say } from './words.ts'

export type RowMark = Parameters<typeof markElement>[0]

/** Mark of what a check found; what is down abroad too has the mark of a fault, as on every page. */
export function markOf({ outcome, why }: JudgedTarget): RowMark {
  switch (outcome) {
    case 'reachable':
      return 'open'
    case 'slow':
      return 'slow'
    case 'not-the-site':
      return 'part'
    case 'interference':
    case 'black-hole':
      return 'shut'
    case 'unstable':
      return 'unkn'
    case 'unknown':
      return why === 'down-abroad' ? 'fault' : 'unkn'
  }
}

export interface Rows {
  /** Every service waits. */
  begin(): void
  tell(news: CheckNews): void
  finish(finished: FinishedCheck): void
}

/** The list of services, filled while a check runs. */
export function makeRows(
  list: HTMLElement,
  targets: readonly CheckTarget[],
  { say, lang }: { readonly say: Say; readonly lang: Lang },
): Rows {
  const items = new Map<string, HTMLElement>()
  const put = (service: string, name: RowMark, words: string, more: readonly string[] = []): void => {
    const target = targets.find((one) => one.service === service)
    if (target === undefined) return
    const item = element(
      'li',
      { 'data-service': service, 'data-mark': name },
      markElement(name),
      element(
        'div',
        {},
        element('p', { class: 's' }, element('b', {}, target.name), `: ${words}.`),
        ...(more.length === 0 ? [] : [element('p', { class: 'd' }, more.join(' '))]),
      ),
    )
    const before = items.get(service)
    if (before === undefined) list.append(item)
    else before.replaceWith(item)
    items.set(service, item)
  }
  return {
    begin() {
      list.replaceChildren()
      items.clear()
      for (const { service } of targets) put(service, 'none', say('row.waiting'))
    },
    tell(news) {
      if (news.kind === 'asking') put(news.service, 'none', say('row.asking'))
      if (news.kind === 'tried')
        put(news.service, 'none', say(!news.isOpen ? 'row.reachable' : news.nth === 0 ? 'row.again' : 'row.twice'))
    },
    finish({ judged, check }) {
      for (const { service } of targets) {
        const one = judged.results.find((result) => result.service === service)
        if (one === undefined) put(service, 'none', say('row.not-asked'))
        else {
          const tries = check.results.find((result) => result.service === service)?.tries ?? []
          put(service, markOf(one), say(`row.${one.outcome}`), moreOf(one, tries, { say, lang }))
        }
      }
    },
  }
}

function moreOf(
  { outcome, why }: JudgedTarget,
  tries: readonly CrowdTry[],
  { say, lang }: { readonly say: Say; readonly lang: Lang },
): readonly string[] {
  const seconds = (ms: number): string => formatSeconds(lang, ms / 1000)
  const last = tries.at(-1)
  const took =
    last === undefined
      ? []
      : outcome === 'reachable' || outcome === 'slow'
        ? [say('took', { seconds: seconds(last.document_ms) })]
        : [say('tries', { count: tries.length, seconds: seconds(Math.max(last.document_ms, last.image_ms)) })]
  return [...(why === undefined ? [] : [say(`why.${why}`)]), ...took]
}
