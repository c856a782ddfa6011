/** Something that can be deployed but is probably not intended: a name for the warning, and a sentence for people. */
export type Risk = [id: string, text: string];
