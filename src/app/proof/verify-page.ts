import { encodeBase64 } from '../../core/evidence/base64.ts'
import { verifyFileBody } from '../../site/verify/page/file.ts'
import { fontFaces } from '../../site/mirror/font-faces.ts'
import { usedStyle } from '../../site/mirror/used-style.ts'
import { sha256 } from '../../runtime/ed25519.ts'
import { say } from '../../core/text/format.ts'
import { DEFAULT_LANG } from '../../core/text/lang.ts'
import { readSiteAssets } from '../web/assets.ts'
import { readBrowserScript } from '../web/browser-script.ts'

/** Elements that the script makes, so that the rules of their style are kept. */
const MADE_BY_SCRIPT = `<form class="checker"><fieldset class="takes-one"><legend><label class="btn first"><input class="vh">
<p class="chosen drop sm q bad mono key ways tag"><div class="field tick"><textarea><button><div class="result about"><h3><progress>
<ul class="counts finds"><ol class="checked"><li class="wait"><span><b><svg class="m"><use>`

/**
 * `VERIFY.html`: one file that checks the bundle next to it, opened from disk, without a network. Undefined where its
 * script cannot be made (browser-script.ts). The same sources give the same bytes.
 */
export async function readVerifyPage(): Promise<Uint8Array | undefined> {
  const [script, { assets }] = await Promise.all([readBrowserScript('verify.js'), readSiteAssets()])
  if (script === undefined) return undefined
  const css = new TextDecoder().decode(assets.find(({ path }) => path === 'site.css')?.bytes)
  const body = String(await verifyFileBody()).replaceAll(/[^\S\u00a0]*\n\s*/g, '\n')
  const style = `${fontFaces(css, assets)}${usedStyle(css, `<html><body>${body}${MADE_BY_SCRIPT}`)}`
  const hash = (text: string): string => `'sha256-${encodeBase64(sha256(new TextEncoder().encode(text)))}'`
  // No request may be sent: the check runs in this page and in a worker made from its own script.
  const policy = `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; font-src data:; worker-src blob:; base-uri 'none'; form-action 'none'`
  const page = [
    '<!doctype html>',
    `<html lang="${DEFAULT_LANG}">`,
    '<meta charset="utf-8">',
    `<meta http-equiv="content-security-policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${say(DEFAULT_LANG, 'proof-page.file.title')} · Kuager</title>`,
    `<style>${style}</style>`,
    '<body>',
    body,
    `<script>${script}</script>`,
    '</html>',
    '',
  ].join('\n')
  return new TextEncoder().encode(page)
}
