package dev.bartizan.updater.delta;

import dev.bartizan.crypto.Digest;
import dev.bartizan.updater.delta.DeltaRefusal.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.function.Supplier;

/** Applies a delta: base and delta in, the new file out, in one pass and in bounded memory. */
public final class DeltaDecoder {
  private final Supplier<MessageDigest> sha256;
  private final long resultLengthMax;
  private final Zstd zstd = new Zstd();

  /**
   * @param sha256 makes SHA-256 instances, from whichever provider is fastest here
   * @param resultLengthMax the longest result to write, in bytes: the signed length where there is
   *     one
   */
  public DeltaDecoder(Supplier<MessageDigest> sha256, long resultLengthMax) {
    this.sha256 = sha256;
    this.resultLengthMax = resultLengthMax;
  }

  /**
   * Writes the result to {@code out} and returns what the delta said it would be.
   *
   * @param delta read to its end, not closed
   * @throws DeltaRefusal at whatever point the delta turned out unacceptable; what {@code out}
   *     received is to be thrown away
   */
  public DeltaHeader apply(KnownContent base, InputStream delta, ResultSink out)
      throws IOException, DeltaRefusal {
    DeltaReader reader = DeltaReader.open(delta, sha256.get());
    DeltaHeader header = reader.header();
    requireBase(header, base);
    requireLength(header);
    MessageDigest found = sha256.get();
    byte[] stretch = new byte[header.resultLength(0)];
    for (Optional<Section> section = reader.next(); section.isPresent(); section = reader.next()) {
      int length = header.resultLength(section.get().index());
      rebuild(section.get(), base, reader.payload(), stretch, length);
      found.update(stretch, 0, length);
      out.write(ByteBuffer.wrap(stretch, 0, length));
    }
    requireResult(header, Digest.ofValue(found.digest()));
    return header;
  }

  private void rebuild(
      Section section, KnownContent base, byte[] payload, byte[] stretch, int length)
      throws IOException, DeltaRefusal {
    byte[] window = new byte[section.baseLength()];
    base.read(section.basePosition(), ByteBuffer.wrap(window));
    int packed = section.payloadLength();
    switch (section.method()) {
      case ZSTD -> zstd.unpack(payload, 0, packed, stretch, length);
      case ZSTD_WITH_BASE -> zstd.unpackWith(window, payload, packed, stretch, length);
      case FLOAT_PLANES ->
          FloatPlanes.decode(ByteBuffer.wrap(payload, 0, packed), window, stretch, length, zstd);
    }
  }

  private static void requireBase(DeltaHeader header, KnownContent base) throws DeltaRefusal {
    if (!header.base().equals(base.digest()) || header.baseLength() != base.length()) {
      throw new DeltaRefusal(
          Reason.WRONG_BASE,
          "it is for a base of " + header.base() + ", at hand is " + base.digest());
    }
  }

  private void requireLength(DeltaHeader header) throws DeltaRefusal {
    if (header.resultLength() > resultLengthMax) {
      throw new DeltaRefusal(
          Reason.TOO_LONG,
          "its result has " + header.resultLength() + " bytes, allowed are " + resultLengthMax);
    }
  }

  private static void requireResult(DeltaHeader header, Digest found) throws DeltaRefusal {
    if (!header.result().equals(found)) {
      throw new DeltaRefusal(
          Reason.HASH_MISMATCH, "the result is " + found + ", promised was " + header.result());
    }
  }
}
