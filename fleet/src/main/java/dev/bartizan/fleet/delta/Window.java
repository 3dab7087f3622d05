package dev.bartizan.fleet.delta;

/** A stretch of the base, read into memory. */
final class Window {
  private final long position;
  private final byte[] content;

  /** Takes {@code content} without copying: windows are large and never change. */
  Window(long position, byte[] content) {
    this.position = position;
    this.content = content;
  }

  /** Where in the base it starts. */
  long position() {
    return position;
  }

  int length() {
    return content.length;
  }

  byte[] content() {
    return content;
  }
}
