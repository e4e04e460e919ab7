import type { Lang } from '../../../core/text/lang.ts'
import type { PartWords } from './part-words.ts'
import { en } from './parts-en.ts'
import { kk } from './parts-kk.ts'
import { ru } from './parts-ru.ts'

export const PART_WORDS: Readonly<Record<Lang, PartWords>> = { kk, ru, en }
