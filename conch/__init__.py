"""Facts and settings that every process reads: contacts, referrals, signs, hours, languages."""
