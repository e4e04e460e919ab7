import type { Hono } from 'hono'
import type { SiteOptions } from './site-options.ts'

/** The pages in words: method, data, verify, run a probe, safety, mirrors, about. */
export function addGuidePages(_site: Hono, _options: SiteOptions): void {}
