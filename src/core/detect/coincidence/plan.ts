import { DAY_MS } from '../../model/duration.ts'
import type { CoincidencePlan, PlanDraft } from '../../model/incident/coincidence.ts'
import { chooseShifts } from './shift.ts'
import { dayStart } from './wall-clock.ts'

/** Days of a period, both ends included. */
export const daysOf = ({ since, until }: CoincidencePlan['period']): number =>
  Math.round((dayStart(until) - dayStart(since)) / DAY_MS) + 1

/** Fills in what a person left out of a plan by the rules of docs/methods/coincidence.md. */
export function completePlan(draft: PlanDraft): CoincidencePlan {
  return {
    period: draft.period,
    zone: draft.zone ?? 'Asia/Almaty',
    statistic: draft.statistic ?? 'excess-of-onsets',
    windowHours: draft.windowHours ?? [-1, 3],
    sensitivityHours: draft.sensitivityHours ?? [-3, 6],
    states: draft.states ?? ['restricted', 'partly-restricted', 'throttled'],
    words: draft.words ?? ['blocking', 'not-determined'],
    mergeMinutes: draft.mergeMinutes ?? 60,
    linear: draft.linear ?? { step: 'day', shifts: chooseShifts(daysOf(draft.period)) },
    level: draft.level ?? 0.05,
    imputations: draft.imputations ?? 200,
    seed: draft.seed ?? 1,
    watchedShare: draft.watchedShare ?? 0.5,
    primary: draft.primary,
    secondary: draft.secondary ?? [],
    negativeControls: draft.negativeControls ?? [],
    stopping: draft.stopping ?? 'once-at-the-end',
  }
}

/** Least p that either test of a plan can give, known before any data. */
export function floorsOf(plan: CoincidencePlan): { readonly weeks: number; readonly linear: number } {
  const weeks = Math.floor(daysOf(plan.period) / 7)
  return { weeks: weeks === 0 ? 1 : 1 / weeks, linear: 1 / (plan.linear.shifts + 1) }
}

/** Days that the linear test keeps; none where N leaves nothing of the period. */
export const daysKept = (plan: CoincidencePlan): number =>
  Math.max(0, daysOf(plan.period) - 2 * plan.linear.shifts * (plan.linear.step === 'week' ? 7 : 1))
