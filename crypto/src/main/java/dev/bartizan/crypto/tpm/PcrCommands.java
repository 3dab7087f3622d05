// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Platform configuration registers. */
public final class PcrCommands {
  /** TPM2_PCR_Read returns no more values at once. */
  private static final int MAX_VALUES = 8;

  private final Tpm tpm;

  PcrCommands(Tpm tpm) {
    this.tpm = tpm;
  }

  /**
   * What the selected PCRs hold. Nobody signs for it; a quote's digest tells whether it was true.
   *
   * @throws TpmException also when the TPM does not have a selected PCR
   */
  public PcrValues read(PcrSelection selection) throws IOException {
    List<Bytes> values = new ArrayList<>();
    for (PcrBank bank : selection.banks()) {
      for (int mask = bank.mask(); mask != 0; ) {
        PcrBank part = lowest(new PcrBank(bank.hash(), mask));
        values.addAll(readPart(part));
        mask &= ~part.mask();
      }
    }
    return new PcrValues(selection, values);
  }

  /** Extends a PCR of the SHA-256 bank; authenticated, so that it cannot get lost unnoticed. */
  public void extend(int pcr, Digest measurement, TpmSession session) throws IOException {
    extend(TpmHash.SHA256, pcr, measurement.value(), session);
  }

  /**
   * The same in another bank.
   *
   * @param measurement a digest of the bank's algorithm
   * @throws BankNotActive when the TPM does not keep the bank: it would say yes, and do nothing
   */
  public void extend(TpmHash bank, int pcr, Bytes measurement, TpmSession session)
      throws IOException {
    if (measurement.length() != bank.size()) {
      throw new IllegalArgumentException(measurement.length() + " bytes for " + bank.text());
    }
    requireBank(bank);
    TpmWriter parameters = new TpmWriter().u32(1).u16(bank.id());
    parameters.bytes(measurement.toArray());
    TpmCall call = new TpmCall(CommandCode.PCR_EXTEND).on(handle(pcr), session);
    tpm.run(call.with(parameters)).readNothing();
  }

  /** Sets a PCR that software may reset (16 and 23 of a PC) to zero, in all banks. */
  public void reset(int pcr, TpmSession session) throws IOException {
    tpm.run(new TpmCall(CommandCode.PCR_RESET).on(handle(pcr), session)).readNothing();
  }

  private static TpmHandle handle(int pcr) {
    if (pcr < 0 || pcr >= PcrBank.PCRS) {
      throw new IllegalArgumentException("there is no PCR " + pcr);
    }
    return TpmHandle.permanent(pcr);
  }

  private List<Bytes> readPart(PcrBank part) throws IOException {
    TpmWriter parameters = new TpmWriter();
    new PcrSelection(List.of(part)).write(parameters);
    TpmReply reply = tpm.run(new TpmCall(CommandCode.PCR_READ).with(parameters));
    List<Bytes> values =
        reply.read(
            in -> {
              in.u32();
              PcrSelection answered = PcrSelection.read(in);
              int count = in.count(MAX_VALUES);
              if (count > 0) {
                requireAll(part, answered);
              }
              List<Bytes> all = new ArrayList<>();
              for (int left = count; left > 0; left--) {
                all.add(Bytes.of(in.exactly(part.hash().size())));
              }
              return all;
            });
    if (values.size() != part.size()) {
      requireBank(part.hash());
      throw TpmException.garbage(
          CommandCode.PCR_READ, TpmRefusal.malformed(values.size() + " values for " + part));
    }
    return values;
  }

  /** The banks of PCRs that this TPM keeps and we can read. */
  public List<TpmHash> banks() throws IOException {
    return new Capabilities(tpm).banks();
  }

  /**
   * Looks for a bank by name, so that whoever has configured another one is told which there are.
   *
   * @throws BankNotActive when the TPM does not keep it
   */
  public void requireBank(TpmHash bank) throws IOException {
    List<TpmHash> banks = banks();
    if (!banks.contains(bank)) {
      throw new BankNotActive(bank, banks);
    }
  }

  private static void requireAll(PcrBank asked, PcrSelection answered) throws TpmRefusal {
    if (!answered.equals(new PcrSelection(List.of(asked)))) {
      throw TpmRefusal.malformed("this TPM does not have " + asked);
    }
  }

  /** The lowest PCRs of a bank, as many as one command reads. */
  private static PcrBank lowest(PcrBank bank) {
    int mask = 0;
    for (int pcr : bank.pcrs().subList(0, Math.min(MAX_VALUES, bank.size()))) {
      mask |= 1 << pcr;
    }
    return new PcrBank(bank.hash(), mask);
  }
}
