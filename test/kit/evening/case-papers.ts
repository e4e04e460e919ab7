import { ADDRESSEES, type CaseFile } from '../../../src/casework/case/case-form.ts'
import { viewCase } from '../../../src/casework/documents/case-view.ts'
import { CLAIM_LANGS, claimPaper } from '../../../src/casework/documents/claim.ts'
import { COMMUNICATION_LANGS, communicationPaper } from '../../../src/casework/documents/communication.ts'
import { REQUEST_LANGS, requestPaper } from '../../../src/casework/documents/request.ts'
import { submissionsOf } from '../../../src/casework/documents/submission.ts'
import type { Paper } from '../../../src/documents/paper.ts'

/** Every paper of a case by name, with its sheet for the lawyer. */
export const madeOf = (file: CaseFile): ReadonlyMap<string, Paper> =>
  new Map([
    ...submissionsOf(viewCase(file, 'kk')).flatMap(({ name, langs, make }) =>
      langs.map((lang) => [`${name}-${lang}`, make(viewCase(file, lang))] as const),
    ),
    ...ADDRESSEES.flatMap((to) =>
      REQUEST_LANGS.map((lang) => [`request-${to}-${lang}`, requestPaper(viewCase(file, lang), lang, to)] as const),
    ),
    ...CLAIM_LANGS.map((lang) => [`claim-${lang}`, claimPaper(viewCase(file, lang), lang)] as const),
    ...COMMUNICATION_LANGS.map(
      (lang) => [`communication-${lang}`, communicationPaper(viewCase(file, lang), lang)] as const,
    ),
  ])
