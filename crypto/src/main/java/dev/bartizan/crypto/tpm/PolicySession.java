// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import java.io.IOException;
import java.util.List;

/** A session that fulfils a policy step by step, and then authorises one command. */
public final class PolicySession extends TpmSession {
  private static final int UNSIGNED_AT_MOST = 0x0009;

  private final Tpm tpm;

  PolicySession(Tpm tpm, TpmHandle handle, byte[] key, byte[] nonceCaller, byte[] nonceTpm) {
    super(tpm, handle, key, nonceCaller, nonceTpm);
    this.tpm = tpm;
  }

  /** The selected PCRs hold what they hold now; whether that is right the key's policy decides. */
  public void pcrs(PcrSelection selection) throws IOException {
    TpmWriter parameters = new TpmWriter().u16(0);
    selection.write(parameters);
    tpm.run(call(CommandCode.POLICY_PCR).with(parameters)).readNothing();
  }

  /** The caller knows the (empty) password of a hierarchy. */
  public void secret(Hierarchy hierarchy) throws IOException {
    TpmCall call = new TpmCall(CommandCode.POLICY_SECRET).onOpen(hierarchy.handle()).on(handle());
    // No nonce, no command hash, no reference, no expiry: the ticket would be for later sessions.
    TpmWriter parameters = new TpmWriter().u16(0).u16(0).u16(0).u32(0);
    tpm.run(call.with(parameters))
        .read(
            in -> {
              in.sized(TpmHash.SHA512.size());
              return Ticket.read(in);
            });
  }

  /**
   * The counter is not above {@code limit}.
   *
   * @throws TpmException {@link TpmFailure#POLICY} when it is
   */
  public void counterAtMost(NvIndex counter, long limit) throws IOException {
    TpmCall call = new TpmCall(CommandCode.POLICY_NV);
    call.onOpen(counter.handle()).on(counter.handle()).on(handle());
    byte[] operand = new TpmWriter().u64(limit).toArray();
    TpmWriter parameters = new TpmWriter().sized(operand).u16(0).u16(UNSIGNED_AT_MOST);
    tpm.run(call.with(parameters)).readNothing();
  }

  /**
   * Somebody approved what this session has fulfilled so far.
   *
   * @param approved the policy that was approved
   * @param reference what it was approved for
   * @param signer who approved it
   * @param proof the TPM's ticket that {@code signer} signed {@link #approval}
   */
  public void authorized(PolicyDigest approved, Bytes reference, TpmName signer, Ticket proof)
      throws IOException {
    TpmWriter parameters = new TpmWriter().sized(approved.value().toArray());
    parameters.sized(reference.toArray()).sized(signer.toArray());
    proof.write(parameters);
    tpm.run(call(CommandCode.POLICY_AUTHORIZE).with(parameters)).readNothing();
  }

  /** What somebody signs to approve a policy for a reference: aHash of TPM2_PolicyAuthorize. */
  public static Digest approval(PolicyDigest approved, Bytes reference) {
    byte[] signed = HASH.digest(approved.value().toArray(), reference.toArray());
    return Digest.ofValue(signed);
  }

  /** One of these policies is what this session has fulfilled so far. */
  public void anyOf(List<PolicyDigest> branches) throws IOException {
    TpmWriter parameters = new TpmWriter().u32(branches.size());
    branches.forEach(branch -> parameters.sized(branch.value().toArray()));
    tpm.run(call(CommandCode.POLICY_OR).with(parameters)).readNothing();
  }

  /** What the policy amounts to so far. */
  public PolicyDigest digest() throws IOException {
    return tpm.run(call(CommandCode.POLICY_GET_DIGEST))
        .read(in -> new PolicyDigest(Bytes.of(in.exactly(HASH.size()))));
  }

  /** Operand, offset and operation, as the policy digest takes them in. */
  static TpmWriter comparison(long limit) {
    return new TpmWriter().u64(limit).u16(0).u16(UNSIGNED_AT_MOST);
  }

  private TpmCall call(CommandCode code) {
    return new TpmCall(code).on(handle());
  }
}
