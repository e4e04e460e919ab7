/** Exported names that two modules declare, each with the reason why one name is right for both. */
export const NAMED_TWICE: Readonly<Record<string, string>> = {}
