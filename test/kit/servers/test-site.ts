import { Hono } from 'hono'

/** A site that answers by path and wanted language. */
export function testSite(
  answer: (path: string, language: string) => { readonly status: 200 | 404 | 410 | 503; readonly text: string },
): Hono {
  return new Hono().all('*', (c) => {
    const { status, text } = answer(c.req.path, c.req.header('accept-language') ?? '')
    return c.text(text, status)
  })
}
