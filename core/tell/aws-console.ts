/** The AWS console's URL for a region. China and the US government have their own consoles. */
export function consoleOf(region: string): string {
  const domain = /^cn-/.test(region)
    ? 'console.amazonaws.cn'
    : /^us-gov-/.test(region)
      ? 'console.amazonaws-us-gov.com'
      : 'console.aws.amazon.com';
  return `https://${region}.${domain}`;
}
