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
    TpmWriter parameters = new TpmWriter().u32(1).u16(TpmHash.SHA256.id());
    parameters.bytes(measurement.value().toArray());
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
    return reply.read(
        in -> {
          in.u32();
          requireAll(part, PcrSelection.read(in));
          List<Bytes> values = new ArrayList<>();
          for (int left = in.count(MAX_VALUES); left > 0; left--) {
            values.add(Bytes.of(in.exactly(part.hash().size())));
          }
          if (values.size() != part.size()) {
            throw TpmRefusal.malformed(values.size() + " values for " + part);
          }
          return values;
        });
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
