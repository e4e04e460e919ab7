import { z } from 'zod'

/** A solved challenge as a page sends it: base64 of JSON (docs/formats/crowd-check.md, "Work"). */
export const workSchema = z
  .string()
  .max(3000)
  .regex(/^[A-Za-z0-9+/_=-]+$/)
