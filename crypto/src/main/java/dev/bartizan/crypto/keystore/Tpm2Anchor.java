// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.tpm.NvIndex;
import dev.bartizan.crypto.tpm.PolicyDigest;
import dev.bartizan.crypto.tpm.PolicySession;
import dev.bartizan.crypto.tpm.TpmException;
import dev.bartizan.crypto.tpm.TpmFailure;
import dev.bartizan.crypto.tpm.TpmSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * The anchor in an NV index that only the boot state of the keys can write.
 *
 * <p>Whoever boots something else can take the index away, and make one of the same name; but not
 * write to it, and one that is not written is refused like one that is missing.
 */
final class Tpm2Anchor implements StateAnchor {
  private static final int INDEX = 0x0180_ba11;
  private static final int LENGTH_BYTES = 2;

  private final Tpm2Chip chip;
  private final PcrApprovals approvals;

  Tpm2Anchor(Tpm2Chip chip, PcrApprovals approvals) {
    this.chip = chip;
    this.approvals = approvals;
  }

  /** The index to define, for keys with this policy. */
  static NvIndex index(PolicyDigest boot) {
    return NvIndex.guarded(INDEX, LENGTH_BYTES + MAX_LENGTH, boot);
  }

  /** What the index holds when {@code content} is anchored. */
  static Bytes frame(Bytes content) {
    if (content.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(content.length() + " bytes to anchor");
    }
    ByteBuffer framed = ByteBuffer.allocate(LENGTH_BYTES + MAX_LENGTH);
    framed.putShort((short) content.length()).put(content.toArray());
    return Bytes.of(framed.array());
  }

  @Override
  public Optional<Bytes> read() throws IOException, KeystoreRefusal {
    return chip.visit(
        visit -> {
          NvIndex index = require(visit);
          try (TpmSession session = visit.session()) {
            return unframe(visit.tpm().nv().read(index, session));
          }
        });
  }

  @Override
  public void write(Bytes content) throws IOException, KeystoreRefusal {
    Bytes framed = frame(content);
    chip.visit(
        visit -> {
          NvIndex index = require(visit);
          UnwrapPolicy policy = visit.keys().unwrapPolicy();
          try {
            return StandingPcrs.during(
                () -> {
                  try (PolicySession session = visit.tpm().startPolicy(visit.root())) {
                    policy.fulfilBoot(session, visit.tpm(), approvals);
                    visit.tpm().nv().write(index, framed, session);
                    return index;
                  }
                });
          } catch (TpmException failed) {
            if (failed.failure() != TpmFailure.POLICY) {
              throw failed;
            }
            throw policy.explain(visit.tpm());
          }
        });
  }

  private static NvIndex require(Tpm2Chip.Visit visit) throws IOException, KeystoreRefusal {
    NvIndex expected = index(visit.keys().unwrapPolicy().boot()).written();
    return visit
        .tpm()
        .nv()
        .find(INDEX)
        .filter(expected::equals)
        .orElseThrow(
            () ->
                new KeystoreRefusal(
                    KeystoreRefusal.Reason.ANCHOR_MISSING,
                    "the state anchor was taken out of the TPM: enrol the device anew"));
  }

  private static Optional<Bytes> unframe(Bytes framed) throws IOException {
    byte[] content = framed.toArray();
    int length = ByteBuffer.wrap(content).getShort();
    if (length < 0 || length > MAX_LENGTH) {
      throw new IOException("the state anchor holds " + length + " bytes");
    }
    return length == 0
        ? Optional.empty()
        : Optional.of(Bytes.of(Arrays.copyOfRange(content, LENGTH_BYTES, LENGTH_BYTES + length)));
  }
}
