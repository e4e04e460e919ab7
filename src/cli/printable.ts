/** A text of a stranger, safe for a terminal: control and direction characters become a mark. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd')
