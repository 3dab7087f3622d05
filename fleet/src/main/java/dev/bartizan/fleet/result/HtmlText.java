// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.result;

/**
 * A page as it is written: tags are ours, and whatever else goes in is text. There is no way to
 * write a stranger's words unencoded.
 */
final class HtmlText {
  private static final int REPLACEMENT = 0xfffd;

  private final StringBuilder page = new StringBuilder("<!DOCTYPE html>\n");

  /** One tag of ours: a name, or a name with attributes; never anybody's words. */
  HtmlText tag(String ours) {
    page.append('<').append(ours).append('>');
    return this;
  }

  /** Words, whosever they are. */
  HtmlText text(String words) {
    words.codePoints().forEach(this::encode);
    return this;
  }

  /** An element that holds text alone. */
  HtmlText element(String ours, String words) {
    int blank = ours.indexOf(' ');
    return tag(ours).text(words).tag("/" + (blank < 0 ? ours : ours.substring(0, blank)));
  }

  HtmlText line() {
    page.append('\n');
    return this;
  }

  /** The style sheet, which is ours. */
  HtmlText style(String sheet) {
    page.append("<style>").append(sheet).append("</style>");
    return this;
  }

  private void encode(int character) {
    switch (character) {
      case '&' -> page.append("&amp;");
      case '<' -> page.append("&lt;");
      case '>' -> page.append("&gt;");
      case '"' -> page.append("&quot;");
      case '\'' -> page.append("&#39;");
      default -> page.appendCodePoint(isPlain(character) ? character : REPLACEMENT);
    }
  }

  /** No control character, no half of a pair, nothing that turns the direction of what follows. */
  private static boolean isPlain(int character) {
    int type = Character.getType(character);
    return type != Character.CONTROL
        && type != Character.SURROGATE
        && type != Character.FORMAT
        && type != Character.UNASSIGNED;
  }

  @Override
  public String toString() {
    return page.toString();
  }
}
