// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;
import java.util.List;

/**
 * What a policy amounts to, computed without a TPM (part 1, 19.7; part 3, 23): the digest that goes
 * into the public area of a key. Each step here has its twin in {@link PolicySession}.
 *
 * @param value SHA-256; all zeros before the first step
 */
public record PolicyDigest(Bytes value) {
  /** PolicyOR takes no more branches. */
  static final int MAX_BRANCHES = 8;

  private static final TpmHash HASH = TpmSession.HASH;

  public PolicyDigest {
    if (value.length() != HASH.size()) {
      throw new IllegalArgumentException("a policy digest of " + value.length() + " bytes");
    }
  }

  /** No step yet. */
  public static PolicyDigest start() {
    return new PolicyDigest(Bytes.of(new byte[HASH.size()]));
  }

  /** And the PCRs hold these values. */
  public PolicyDigest pcrs(PcrValues values) {
    TpmWriter step = new TpmWriter();
    values.selection().write(step);
    return extend(CommandCode.POLICY_PCR, step.bytes(values.digest(HASH).toArray()));
  }

  /** And the caller knows the password of the hierarchy. */
  public PolicyDigest secret(Hierarchy hierarchy) {
    byte[] name = hierarchy.handle().name().toArray();
    return extend(CommandCode.POLICY_SECRET, new TpmWriter().bytes(name)).reference(Bytes.empty());
  }

  /** And the counter is not above {@code limit}, unsigned. */
  public PolicyDigest counterAtMost(NvIndex counter, long limit) {
    byte[] comparison = HASH.digest(PolicySession.comparison(limit).toArray());
    byte[] name = counter.handle().name().toArray();
    return extend(CommandCode.POLICY_NV, new TpmWriter().bytes(comparison).bytes(name));
  }

  /** Whatever policy the holder of {@code signer} approves for {@code reference}. */
  public static PolicyDigest authorizedBy(TpmName signer, Bytes reference) {
    TpmWriter step = new TpmWriter().bytes(signer.toArray());
    return start().extend(CommandCode.POLICY_AUTHORIZE, step).reference(reference);
  }

  /** Any one of two to eight policies. */
  public static PolicyDigest anyOf(List<PolicyDigest> branches) {
    if (branches.size() < 2 || branches.size() > MAX_BRANCHES) {
      throw new IllegalArgumentException("a choice of " + branches.size() + " policies");
    }
    TpmWriter step = new TpmWriter();
    branches.forEach(branch -> step.bytes(branch.value().toArray()));
    return start().extend(CommandCode.POLICY_OR, step);
  }

  private PolicyDigest extend(CommandCode code, TpmWriter step) {
    byte[] command = new TpmWriter().u32(code.code()).toArray();
    return new PolicyDigest(Bytes.of(HASH.digest(value.toArray(), command, step.toArray())));
  }

  /** The second half of PolicyUpdate, done even when the reference is empty. */
  private PolicyDigest reference(Bytes reference) {
    return new PolicyDigest(Bytes.of(HASH.digest(value.toArray(), reference.toArray())));
  }
}
