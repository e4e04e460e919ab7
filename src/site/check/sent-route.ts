import type { Hono } from 'hono'
import { InputError } from '../../core/model/errors.ts'
import { sentCheckSchema } from '../../core/model/people/crowd-check.ts'
import { urls } from '../urls.ts'
import type { CrowdDesk } from './desk.ts'
import { addPaidPost, type PaidPostOptions } from './paid-post.ts'

/** Takes what checks in browsers found (docs/formats/crowd-check.md, "Sending"). */
export function addCrowd(site: Hono, { crowd, ...options }: PaidPostOptions & { readonly crowd: CrowdDesk }): void {
  addPaidPost(
    site,
    {
      path: urls.checkResults(),
      schema: sentCheckSchema,
      purpose: 'check',
      noun: 'check',
      form: 'the form of docs/formats/crowd-check.md',
      // Twenty results of two tries are some 5 KB.
      mostBytes: 16 * 1024,
      roomBytes: 16 * 2 ** 20,
      service: 'check',
      said: {
        busy: 'Too many checks at this moment',
        fault: 'The check could not be stored',
        logged: 'a check could not be stored',
      },
      async take(c, { check, token }, { from, hurried }) {
        try {
          const { wait } = await crowd.take({ check, token }, from)
          return wait === 0 ? c.json({ taken: true }, 201) : hurried(wait)
        } catch (error) {
          // A check that cannot be counted.
          if (!(error instanceof InputError)) throw error
          const { code, path, message, expected } = error
          return c.json({ error: { code, path, expected, message } }, 400)
        }
      },
    },
    options,
  )
}
