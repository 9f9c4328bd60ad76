/** A shell script as text, put in by the build. */
declare module "*.sh" {
  const text: string;
  export default text;
}
