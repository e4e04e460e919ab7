/**
 * The opening tags of a page, as they stand, each up to the first `>`; without `names` those of every element. A page of
 * a server in other hands may be made to be slow to read: each of its letters is looked at a few times at most, where a
 * pattern with a tag that never ends would begin again at each `<`.
 */
export function tagsIn(page: string, names?: ReadonlySet<string>): readonly string[] {
  const tags: string[] = []
  for (let at = page.indexOf('<'); at >= 0;) {
    const name = /^<([a-z][\w-]{0,30})(?![\w-])/i.exec(page.slice(at, at + 40))?.[1]?.toLowerCase()
    const isTag = names === undefined ? /^[a-z]/i.test(page.charAt(at + 1)) : name !== undefined && names.has(name)
    const end = isTag ? page.indexOf('>', at) : at
    // What never ends is no tag to a browser either.
    if (end < 0) break
    if (isTag) tags.push(page.slice(at, end + 1))
    at = page.indexOf('<', end + 1)
  }
  return tags
}
