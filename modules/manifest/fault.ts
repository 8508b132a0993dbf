/** Something wrong in a manifest; `path` leads to it in the YAML. */
export interface Fault {
  path: (string | number)[];
  message: string;
}
