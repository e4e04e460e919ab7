import { fact as enFact } from './en/fact.ts'
import { failure as enFailure } from './en/failure.ts'
import { notTaken as enNotTaken } from './en/not-taken.ts'
import { page as enPage } from './en/page.ts'
import { verdict as enVerdict } from './en/verdict.ts'
import type { FactKey, FailureKey, NotTakenKey, PageKey, VerdictKey } from './keys.ts'
import { fact as kkFact } from './kk/fact.ts'
import { failure as kkFailure } from './kk/failure.ts'
import { notTaken as kkNotTaken } from './kk/not-taken.ts'
import { page as kkPage } from './kk/page.ts'
import { verdict as kkVerdict } from './kk/verdict.ts'
import type { Lang } from './lang.ts'
import { fact as ruFact } from './ru/fact.ts'
import { failure as ruFailure } from './ru/failure.ts'
import { notTaken as ruNotTaken } from './ru/not-taken.ts'
import { page as ruPage } from './ru/page.ts'
import { verdict as ruVerdict } from './ru/verdict.ts'

/** Every key of every area; a key without words in one of the languages does not compile. */
export type Key = VerdictKey | FactKey | FailureKey | NotTakenKey | PageKey

/** All messages, as ICU MessageFormat. Terms: docs/vocabulary.md. */
export const CATALOGUE = {
  kk: { ...kkVerdict, ...kkFact, ...kkFailure, ...kkPage, ...kkNotTaken },
  ru: { ...ruVerdict, ...ruFact, ...ruFailure, ...ruPage, ...ruNotTaken },
  en: { ...enVerdict, ...enFact, ...enFailure, ...enPage, ...enNotTaken },
} satisfies Record<Lang, Record<Key, string>>
