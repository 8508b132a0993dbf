/** What a refusal says, without what differs from request to request. */
export interface Refused {
  status: number;
  code: string;
  message: string;
  reasons?: string[];
}

/** Throws when the answer is not in the gateway's envelope. */
export async function refused(response: Response): Promise<Refused> {
  const text = await response.text();
  const { success, error } = JSON.parse(text) as { success: boolean; error: Omit<Refused, 'status'> };
  if (success || !error.code) throw new Error(`not a refusal: ${response.status} ${text}`);
  const { code, message, reasons } = error;
  return { status: response.status, code, message, ...(reasons && { reasons }) };
}
