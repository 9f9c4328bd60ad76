/** What the engine tells line by line while it works, each line an object. */
export async function* jsonLines<T>(stream: AsyncIterable<Buffer>): AsyncGenerator<T, void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const piece of stream) {
    const texts = (rest + decoder.decode(piece, { stream: true })).split("\n");
    rest = texts.pop() ?? "";
    for (const text of texts) if (text.trim() !== "") yield JSON.parse(text) as T;
  }
  if (rest.trim() !== "") yield JSON.parse(rest) as T;
}
