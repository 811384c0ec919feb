/** A style sheet that a script brings along; the build writes it out as a file of its own. */
declare module "*.css";
