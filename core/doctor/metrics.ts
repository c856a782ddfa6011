/** One sample of a metric in the text format of Prometheus. */
export interface Sample {
  name: string;
  labels: Map<string, string>;
  value: number;
}

/**
 * Reads a page of metrics in the text format. Lines that cannot be read are left out.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function readMetrics(text: string): Sample[] {
  return text.split('\n').flatMap((line) => {
    const [, name, labels = '', number] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/.exec(line) ?? [];
    const value = Number(number);
    return name === undefined || Number.isNaN(value) ? [] : [{ name, labels: readLabels(labels), value }];
  });
}

function readLabels(text: string): Map<string, string> {
  const all = text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g);
  return new Map([...all].map(([, key = '', value = '']) => [key, value.replace(/\\(.)/g, '$1')]));
}
