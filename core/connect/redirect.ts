/** The explanation of a redirect, and the URL to configure if the redirect keeps the path. */
export interface Redirect {
  seen: string;
  /** Undefined if the redirect leads to something else, such as a login page. */
  url: string | undefined;
}

const statuses = new Set([301, 302, 303, 307, 308]);

export function isRedirect(status: number): boolean {
  return statuses.has(status);
}

/**
 * Explains a redirect. It is never followed: the request carries a login for the configured server and for no other one,
 * and a POST would become a GET.
 */
export function explainRedirect(asked: string, base: string, location: string | undefined): Redirect {
  const to = location === undefined ? null : URL.parse(location, asked);
  if (!to) return { seen: 'it redirects every request, such as to a login', url: undefined };
  // The query of a login page may contain a state or a token.
  const target = `${to.origin}${to.pathname}`;
  const path = asked.slice(base.length);
  const url = target.endsWith(path) ? target.slice(0, target.length - path.length) : undefined;
  return {
    seen: `it redirects to ${target}, and a redirect is not followed, because the request carries a login`,
    url: url === base ? undefined : url,
  };
}

/** The sentence that says what to configure instead. */
export function useInstead(url: string): string {
  return `If ${url} is the same server, write that into the configuration.`;
}
