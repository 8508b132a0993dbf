export function checkUrl(): never {
  throw new Error('later');
}
