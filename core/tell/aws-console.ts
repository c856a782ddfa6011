/** The console of AWS for a region: China and the US government have consoles of their own. */
export function consoleOf(region: string): string {
  const domain = /^cn-/.test(region)
    ? 'console.amazonaws.cn'
    : /^us-gov-/.test(region)
      ? 'console.amazonaws-us-gov.com'
      : 'console.aws.amazon.com';
  return `https://${region}.${domain}`;
}
