package dev.bartizan.updater.delta;

import dev.bartizan.crypto.Bytes;

/**
 * The layout of a delta, version 1. All numbers are big-endian and unsigned.
 *
 * <pre>
 * header    magic           8    89 42 5A 44 0D 0A 1A 0A
 *           version         2    1
 *           sectionLength   4    64 KiB to 4 MiB
 *           baseLength      8    at most 64 TiB
 *           baseDigest     32    SHA-256
 *           resultLength    8    at most 64 TiB
 *           resultDigest   32    SHA-256
 * section   method          1    see {@link Method}
 *           basePosition    8
 *           baseLength      4    the window of the base that the section uses, at most twice sectionLength
 *           payloadLength   4    at most sectionLength + sectionLength / 64 + 1024
 *           digest         32    SHA-256 of header, index of the section (4), the four fields above, payload
 *           payload
 * </pre>
 *
 * <p>Section <i>i</i> rebuilds the bytes from <i>i</i> times sectionLength on: as many as
 * sectionLength, the last one what is left. So there are exactly as many sections as the lengths
 * demand, no length of a result can lie, and an interrupted application can go on at a section. The
 * digest of a section covers the header and the index: a section belongs to one delta and one
 * place, and a flipped bit anywhere is found before the section is used.
 */
public final class DeltaFormat {
  /** First byte not ASCII and line ends of both kinds: transfers that mangle text show at once. */
  public static final Bytes MAGIC = Bytes.ofHex("89425a440d0a1a0a");

  public static final int VERSION = 1;
  public static final int HEADER_LENGTH = 8 + 2 + 4 + 8 + 32 + 8 + 32;
  public static final int SECTION_LENGTH_MIN = 64 * 1024;

  /** Keeps the decoder below some 24 MiB of heap. */
  public static final int SECTION_LENGTH_MAX = 4 * 1024 * 1024;

  /** 64 TiB: any sum of lengths and any section index stays far from overflow. */
  public static final long FILE_LENGTH_MAX = 1L << 46;

  /** Method, base window, payload length: what stands before a section's digest. */
  static final int SECTION_FIELDS_LENGTH = 1 + 8 + 4 + 4;

  /** All that stands before a payload. */
  public static final int SECTION_HEADER_LENGTH = SECTION_FIELDS_LENGTH + 32;

  private DeltaFormat() {}

  /** The widest window of the base that a section may use. */
  public static int windowMax(int sectionLength) {
    return 2 * sectionLength;
  }

  /** More than this a section never needs, even where nothing can be compressed. */
  public static int payloadMax(int sectionLength) {
    return sectionLength + sectionLength / 64 + 1024;
  }
}
