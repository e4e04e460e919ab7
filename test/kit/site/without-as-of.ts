/** A page without the line that says of what time it is. */
export const withoutAsOf = (page: string): string =>
  page
    .split('\n')
    .filter(
      (line) => !/<p class="sm q">(?:This server shows|Этот сервер показывает|Бұл сервердегі деректер)/.test(line),
    )
    .filter((line) => line.trim() !== '')
    .join('\n')
